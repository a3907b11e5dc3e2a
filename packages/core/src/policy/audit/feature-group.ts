import type { EpochMs } from '../../model/time.js'
import type { PriceRow } from '../money/price-row.js'
import type { FeatureReport, ModelReport, ReasonShare } from './audit-report.js'
import type { BatchReason } from './batch-reason.js'
import { type ComparedTokens, type ComparisonBasis, comparedTokens } from './cheaper-models.js'
import { PatternFacts } from './feature-pattern.js'
import { addRecord, addSum, type MoneySum, newMoneySum } from './money-sum.js'
import type { PricedRecord } from './priced-record.js'
import { addedSplits, type ReasonSums, savesOf, splitOf } from './split-money.js'
import type { UsageRecord } from './usage-record.js'

/** A record with all that is known of it. */
export interface JudgedRecord {
  readonly record: UsageRecord
  readonly price: PriceRow | null
  readonly priced: PricedRecord
  readonly reason: BatchReason
  /** Its instant on the reader's clock; null when it has none. */
  readonly localAt: EpochMs | null
}

interface ModelGroup {
  readonly sums: ReasonSums
  readonly tokens: ComparedTokens | null
}

/** Sums of one feature, model by model. */
export class FeatureGroup {
  readonly #basis: ComparisonBasis
  readonly #models = new Map<string | null, ModelGroup>()
  readonly #patterns = new PatternFacts()

  constructor(basis: ComparisonBasis) {
    this.#basis = basis
  }

  /** How many models it keeps apart. */
  get modelCount(): number {
    return this.#models.size
  }

  hasModel(model: string | null): boolean {
    return this.#models.has(model)
  }

  /** @param model under which name it is kept. */
  add(judged: JudgedRecord, model: string | null): void {
    const { record, priced, reason, localAt } = judged
    const group = this.#models.get(model) ?? this.#newModel(model)
    const sum = group.sums.get(reason) ?? newMoneySum()
    group.sums.set(reason, sum)
    addRecord(sum, priced, record.calls)
    group.tokens?.add(record)
    this.#patterns.add(record, { reason, spentNano: priced.spentNano, localAt })
  }

  /** What was added so far. */
  report(name: Pick<FeatureReport, 'kind' | 'feature'>): FeatureReport {
    const pattern = this.#patterns.pattern()
    const models = [...this.#models].map(([model, { sums, tokens }]): ModelReport => {
      const comparison = tokens?.compare() ?? null
      return { model, money: splitOf(sums, pattern), comparison }
    })
    const money = addedSplits(models.map((model) => model.money))
    return {
      ...{ ...name, money, pattern },
      saves: savesOf(money),
      reasons: this.#reasons(),
      openHoursNano: [...this.#patterns.hours],
      models: models.toSorted((a, b) => dearestFirst(a.money, b.money)),
    }
  }

  // Under a name that stands for many models tokens can't be compared.
  #newModel(model: string | null): ModelGroup {
    const tokens = model === null ? null : comparedTokens(model, this.#basis)
    const made = { sums: new Map(), tokens }
    this.#models.set(model, made)
    return made
  }

  #reasons(): readonly ReasonShare[] {
    const all = new Map<BatchReason, MoneySum>()
    for (const { sums } of this.#models.values()) {
      for (const [reason, sum] of sums) {
        const into = all.get(reason) ?? newMoneySum()
        all.set(reason, into)
        addSum(into, sum)
      }
    }
    return [...all]
      .map(([reason, { records, spentNano }]) => ({ reason, records, spentNano }))
      .toSorted((a, b) => dearestFirst(a, b))
  }
}

/** Orders by money, then by how many records there are. */
export function dearestFirst(
  a: { readonly spentNano: bigint; readonly records: number },
  b: { readonly spentNano: bigint; readonly records: number },
): number {
  if (a.spentNano !== b.spentNano) return a.spentNano > b.spentNano ? -1 : 1
  return b.records - a.records
}
