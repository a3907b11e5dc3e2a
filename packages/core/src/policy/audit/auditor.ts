import { DAY_MS, type EpochMs, HOUR_MS } from '../../model/time.js'
import { toolsWithoutFee } from '../money/cost.js'
import { type PriceBook, priceOf } from '../money/price-book.js'
import type { PriceRow } from '../money/price-row.js'
import { type ToolFees, toolFeesAt } from '../money/tool-price.js'
import type {
  AuditPeriod,
  AuditReport,
  FeatureReport,
  HourReport,
  ModelReport,
} from './audit-report.js'
import { batchReasonOf } from './batch-reason.js'
import { type ComparedTokens, comparedTokens } from './cheaper-models.js'
import { dearestFirst, FeatureGroup, type JudgedRecord } from './feature-group.js'
import { priceRecord } from './priced-record.js'
import { ShownCounts } from './shown-counts.js'
import { addedSplits, savesOf } from './split-money.js'
import { hasHour, type UsageRecord } from './usage-record.js'

/** How an audit is made. */
export interface AuditorOptions {
  readonly book: PriceBook
  /** Models that are retired by then can't be moved any more. */
  readonly now: EpochMs
  /** How far the reader's clock is ahead of UTC at an instant, in milliseconds. Default: not at all. */
  readonly offsetMsAt?: (at: EpochMs) => number
  /** Most pairs of feature and model that are kept apart, 1 or more; what comes after is one group. Default 2,000. */
  readonly mostGroups?: number
}

const MOST_GROUPS = 2_000
const MOST_MODELS = 200
const HOURS = 24

/**
 * Adds up what calls cost and what batches would have cost, in memory of constant size, offline.
 *
 * Sums are the same in whichever order the records come. Only which features are kept apart, when there are more than
 * `mostGroups`, is decided by which come first.
 */
export class Auditor {
  readonly #options: AuditorOptions
  readonly #prices: PriceFinder
  readonly #features = new Map<string | null, FeatureGroup>()
  readonly #others: FeatureGroup
  readonly #tokens = new Map<string, ComparedTokens | null>()
  readonly #hours = Array.from({ length: HOURS }, () => ({ realtimeNano: 0n, batchNano: 0n }))
  readonly #shown = new ShownCounts()
  readonly #unpriced = new Map<string | null, number>()
  readonly #unpricedTools = new Map<string, number>()
  #groups = 0
  #fromAt = Number.POSITIVE_INFINITY
  #untilAt = Number.NEGATIVE_INFINITY
  #step = { lowNano: 0n, highNano: 0n }
  #stated = { paidNano: 0n, listNano: 0n }

  constructor(options: AuditorOptions) {
    this.#options = options
    this.#prices = new PriceFinder(options.book, options.now)
    this.#others = new FeatureGroup(options)
  }

  add(record: UsageRecord): void {
    const { now, offsetMsAt } = this.#options
    const price = this.#prices.find(record)
    const priced = priceRecord(record, { price, fees: this.#prices.fees(record) })
    const reason = batchReasonOf(record, price, now)
    const localAt = record.at === null ? null : record.at + (offsetMsAt?.(record.at) ?? 0)
    const judged: JudgedRecord = { record, price, priced, reason, localAt }
    this.#group(judged)
    this.#shown.add(record)
    this.#count(judged)
    if (record.model !== null) this.#compare(record, record.model)
  }

  /** What was added so far. */
  report(): AuditReport {
    const features = [...this.#features].map(([feature, group]) =>
      group.report({ kind: feature === null ? 'unnamed' : 'named', feature }),
    )
    if (this.#others.modelCount > 0) {
      features.push(this.#others.report({ kind: 'others', feature: null }))
    }
    const money = addedSplits(features.map((feature) => feature.money))
    return {
      period: this.#period(),
      ...{ money, saves: savesOf(money) },
      features: features.toSorted((a, b) => dearestFirst(a.money, b.money)),
      models: modelsOf(features, (model) => this.#tokens.get(model)?.compare() ?? null),
      hours: this.#hours.map((hour): HourReport => ({ ...hour })),
      shown: this.#shown.facts(),
      unpricedModels: new Map(this.#unpriced),
      unpricedTools: new Map(this.#unpricedTools),
      hiddenStep: this.#step,
      stated: this.#stated,
    }
  }

  #group(judged: JudgedRecord): void {
    const { feature, model } = judged.record
    const known = this.#features.get(feature)
    if (known?.hasModel(model) === true) {
      known.add(judged, model)
      return
    }
    if (this.#groups >= (this.#options.mostGroups ?? MOST_GROUPS)) {
      const isKept = this.#others.hasModel(model) || this.#others.modelCount < MOST_MODELS
      this.#others.add(judged, isKept ? model : null)
      return
    }
    const group = known ?? new FeatureGroup(this.#options)
    this.#features.set(feature, group)
    this.#groups += 1
    group.add(judged, model)
  }

  #count({ record, priced, localAt }: JudgedRecord): void {
    const { at, untilAt, costNano } = record
    const { spentNano, listNano, step } = priced
    if (at !== null) {
      this.#fromAt = Math.min(this.#fromAt, at)
      this.#untilAt = Math.max(this.#untilAt, untilAt === null ? at : untilAt - 1)
    }
    if (spentNano === null) this.#countUnpriced(record)
    if (step !== null) {
      const { lowNano, highNano } = this.#step
      this.#step = { lowNano: lowNano + step.lowNano, highNano: highNano + step.highNano }
    }
    if (costNano !== null && listNano !== null) {
      const { paidNano, listNano: list } = this.#stated
      this.#stated = { paidNano: paidNano + BigInt(costNano), listNano: list + listNano }
    }
    if (spentNano === null || localAt === null || !hasHour(record)) return
    const hour = this.#hours[Math.floor(localAt / HOUR_MS) % HOURS]
    if (hour === undefined) return
    if (record.serviceTier === 'batch') hour.batchNano += spentNano
    else hour.realtimeNano += spentNano
  }

  #countUnpriced(record: UsageRecord): void {
    const { model, usage, otherTools } = record
    const fees = this.#prices.fees(record)
    const tools = usage === null ? [] : toolsWithoutFee(usage, { fees, otherTools })
    for (const tool of tools) {
      const isKept = this.#unpricedTools.has(tool) || this.#unpricedTools.size < MOST_MODELS
      if (isKept) this.#unpricedTools.set(tool, (this.#unpricedTools.get(tool) ?? 0) + 1)
    }
    const isKept = this.#unpriced.has(model) || this.#unpriced.size < MOST_MODELS
    const name = isKept ? model : null
    this.#unpriced.set(name, (this.#unpriced.get(name) ?? 0) + 1)
  }

  #compare(record: UsageRecord, model: string): void {
    const known = this.#tokens.get(model)
    if (known === undefined && this.#tokens.size >= MOST_MODELS) return
    const tokens = known ?? comparedTokens(model, this.#options)
    this.#tokens.set(model, tokens)
    tokens?.add(record)
  }

  #period(): AuditPeriod | null {
    const fromAt = this.#fromAt
    const untilAt = this.#untilAt
    if (untilAt < fromAt) return null
    const offsetMsAt = this.#options.offsetMsAt ?? (() => 0)
    const dayOf = (at: EpochMs): number => Math.floor((at + offsetMsAt(at)) / DAY_MS)
    return { fromAt, untilAt, days: dayOf(untilAt) - dayOf(fromAt) + 1 }
  }
}

/** Finds prices, and remembers the day of each model's last one: prices change by the day. */
class PriceFinder {
  readonly #book: PriceBook
  readonly #now: EpochMs
  readonly #last = new Map<string, { readonly day: number; readonly price: PriceRow | null }>()
  #lastFees: { readonly day: number; readonly fees: ToolFees } | null = null

  constructor(book: PriceBook, now: EpochMs) {
    this.#book = book
    this.#now = now
  }

  find({ model, at }: Pick<UsageRecord, 'model' | 'at'>): PriceRow | null {
    if (model === null) return null
    const asOf = at ?? this.#now
    const day = Math.floor(asOf / DAY_MS)
    const last = this.#last.get(model)
    if (last?.day === day) return last.price
    const price = priceOf(this.#book, model, asOf)
    if (last !== undefined || this.#last.size < MOST_MODELS) this.#last.set(model, { day, price })
    return price
  }

  fees({ at }: Pick<UsageRecord, 'at'>): ToolFees {
    const asOf = at ?? this.#now
    const day = Math.floor(asOf / DAY_MS)
    if (this.#lastFees?.day !== day) this.#lastFees = { day, fees: toolFeesAt(this.#book, asOf) }
    return this.#lastFees.fees
  }
}

function modelsOf(
  features: readonly FeatureReport[],
  compare: (model: string) => ModelReport['comparison'],
): readonly ModelReport[] {
  const byModel = new Map<string | null, ModelReport[]>()
  for (const part of features.flatMap(({ models }) => models)) {
    const parts = byModel.get(part.model) ?? []
    byModel.set(part.model, parts)
    parts.push(part)
  }
  return [...byModel]
    .map(([model, parts]) => ({
      model,
      money: addedSplits(parts.map(({ money }) => money)),
      comparison: model === null ? null : compare(model),
    }))
    .toSorted((a, b) => dearestFirst(a.money, b.money))
}
