import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import { type AnswerHistory, Foretelling } from './answer-history.js'
import type { CountedStratum } from './counted-tokens.js'
import {
  type AnswerGrounds,
  type EstimateGrounds,
  type PromptGrounds,
  weakestGrounds,
} from './estimate-grounds.js'
import { holdOf } from './hold.js'
import {
  addCost,
  type ModelSum,
  NO_STRATUM,
  newModelSum,
  stratumOf,
  totalOfModel,
  type Way,
} from './model-sum.js'
import { type PriceBook, priceOf } from './price-book.js'
import type { PromptBytes } from './prompt-content.js'
import { type PromptFacts, promptTokensOf, type TokenRange, textBytesOf } from './prompt-tokens.js'
import { type CostedRow, rowCostOf } from './row-cost.js'

/**
 * How a figure is to be read. What it rests on is said by {@link EstimateGrounds}.
 *
 * `exact`: it is so, since nothing is left to pay. `estimate`: likely between its ends. `floor`: it can well be more than
 * its high end, since some rows have no known price or bring in what is not in them.
 */
export type EstimateBasis = 'exact' | 'estimate' | 'floor'

/** What something likely costs. */
export interface CostFigure {
  readonly lowNano: NanoUsd
  readonly highNano: NanoUsd
  readonly basis: EstimateBasis
}

/**
 * Rows that share a prefix and ask to have it cached, as their costs compare. In batch no hit is counted on: rows of one cold
 * batch are not assumed to share a cache. In real time, one call after another, the first writes the prefix and the others
 * read it.
 */
export interface CacheComparison {
  /** Rows that share a cached prefix. */
  readonly rows: number
  /** All rows in batch, without a hit. */
  readonly coldBatch: CostFigure
  /** All rows in batch, if nothing of the prefix asked to be cached. */
  readonly plainBatch: CostFigure
  /** All rows in real time, with every hit. */
  readonly warmRealtime: CostFigure
  /** Whether batch is dearer without hits: at both ends, at one of them, at none. */
  readonly batchIsDearer: 'yes' | 'maybe' | 'no'
}

/** What the rows of one model likely cost. */
export interface ModelEstimate {
  /** As the callers wrote it. */
  readonly model: string
  readonly rows: number
  /** All rows together. */
  readonly promptTokens: TokenRange
  /** The sum of `max_tokens`. */
  readonly mostAnswerTokens: number
  readonly batch: CostFigure
  readonly realtime: CostFigure
  /** Rows without a known price; they are in no sum of money. */
  readonly unpricedRows: number
  readonly grounds: EstimateGrounds
}

/** What rows likely cost when each is answered at the first try. */
export interface Estimate {
  readonly rows: number
  /** In the order in which they came first. */
  readonly models: readonly ModelEstimate[]
  /**
   * Low: sparse text, and answers of one token, or as short as few were before; what is cached is read. High: dense text, and
   * answers of `max_tokens`, or as long as few were before; what is cached is written.
   */
  readonly batch: CostFigure
  /** The same, one call after another: a shared prefix is written once and then read, where it is long enough. */
  readonly realtime: CostFigure
  /** The least that all rows cost in batch, whatever earlier answers say. */
  readonly leastNano: NanoUsd
  /** The most that one attempt of each row can cost in batch by {@link holdOf}, which says what it does not bound. */
  readonly ceilingNano: NanoUsd
  /** Rows without a known price; they are in no sum of money. */
  readonly unpricedRows: number
  /** Rows that bring in what is not in them: files, pages, tools of a server. */
  readonly openEndedRows: number
  /** What the figures rest on: no more than the weakest of the models. */
  readonly grounds: EstimateGrounds
  /** Null when no rows share a cached prefix. */
  readonly caching: CacheComparison | null
}

/** A request to estimate: a row before it is stored, or a stored request, of which `content` and `prefix` are not known. */
export interface EstimateRow extends PromptFacts {
  /** `params.max_tokens`. */
  readonly maxTokens: number
  /** What it shares with other rows. Rows with the same one have the same object. */
  readonly prefix?: PromptBytes['prefix'] | undefined
}

/** By what prices, and with what was learned before. */
export interface EstimateOptions {
  readonly book: PriceBook
  /** The instant whose prices count. */
  readonly at: EpochMs
  /** What earlier answers tell, by model as callers write it. Default: nothing. */
  readonly histories?: ReadonlyMap<string, AnswerHistory> | undefined
}

/**
 * Adds up what rows likely cost, in memory of constant size, offline.
 *
 * @example
 * const estimator = new Estimator({ book: PRICE_BOOK, at: clock.now() })
 * for (const row of rows) estimator.add({ ...row, content: promptContentOf(row) })
 * estimator.estimate().batch.highNano
 */
export class Estimator {
  readonly #options: EstimateOptions
  readonly #models = new Map<string, ModelSum>()
  readonly #foretellings = new Map<string, Foretelling | null>()
  #prefixes = new WeakSet<Uint8Array>()

  constructor(options: EstimateOptions) {
    this.#options = options
  }

  /** Adds a row; `stratum` is that of a sample which may be counted later. */
  add(row: EstimateRow, stratum?: string | null): void {
    const { book, at } = this.#options
    const { model } = row
    const sum = this.#models.get(model) ?? newModelSum(priceOf(book, model, at))
    this.#models.set(model, sum)
    const hold = holdOf({ ...row, book, at })
    addRow(sum, row, {
      ...{ stratum: stratum ?? NO_STRATUM, hold },
      foretelling: this.#foretellingOf(model),
      isFirst: this.#isFirst(row),
    })
  }

  /** What was added so far, with what was counted of it, by stratum. */
  estimate(counted: ReadonlyMap<string, CountedStratum> = new Map()): Estimate {
    const sums = [...this.#models]
    const found = sums.map(([model, sum]) =>
      modelEstimate(model, sum, { counted, foretelling: this.#foretellingOf(model) }),
    )
    const models = found.map(({ estimate }) => estimate)
    const unpricedRows = totalOf(models, (model) => model.unpricedRows)
    const openEndedRows = totalOf(sums, ([, sum]) => sum.openEndedRows)
    const basis = basisOf(models.length, openEndedRows + unpricedRows > 0)
    const figure = (way: Way): CostFigure => sumOf(found, way, basis)
    return {
      rows: totalOf(models, ({ rows }) => rows),
      models,
      batch: figure('batch'),
      realtime: figure('realtime'),
      leastNano: totalOf(sums, ([, { least }]) => least) as NanoUsd,
      ceilingNano: totalOf(sums, ([, { ceiling }]) => ceiling) as NanoUsd,
      unpricedRows,
      openEndedRows,
      grounds: weakestGrounds(models.map(({ grounds }) => grounds)),
      caching: comparison(
        totalOf(sums, ([, { sharingRows }]) => sharingRows),
        { cold: figure('coldBatch'), plain: figure('plainBatch') },
        figure('warmRealtime'),
      ),
    }
  }

  #foretellingOf(model: string): Foretelling | null {
    const before = this.#foretellings.get(model)
    if (before !== undefined) return before
    const history = this.#options.histories?.get(model)
    const made = history === undefined ? null : Foretelling.of(history)
    this.#foretellings.set(model, made)
    return made
  }

  #isFirst({ prefix }: EstimateRow): boolean {
    if (prefix === null || prefix === undefined) return true
    if (this.#prefixes.has(prefix.bytes)) return false
    this.#prefixes.add(prefix.bytes)
    return true
  }
}

interface RowFacts {
  readonly stratum: string
  readonly hold: NanoUsd | null
  readonly foretelling: Foretelling | null
  readonly isFirst: boolean
}

function addRow(sum: ModelSum, row: EstimateRow, facts: RowFacts): void {
  const { price } = sum
  const { foretelling, stratum, hold } = facts
  const window = price?.contextTokens ?? Number.POSITIVE_INFINITY
  const bySize = within(promptTokensOf(row), window)
  const promptTokens = foretelling === null ? bySize : within(foretold(row, foretelling), window)
  const into = stratumOf(sum, stratum)
  into.rows += 1
  into.tokens.low += promptTokens.low
  into.tokens.high += promptTokens.high
  sum.mostAnswerTokens += row.maxTokens
  if (row.content?.fetches === true) sum.openEndedRows += 1
  const bounds: TokenRange = { low: 1, high: row.maxTokens }
  const answerTokens = foretelling?.answerTokens(row.maxTokens) ?? bounds
  const costed: CostedRow = {
    ...{ ...row, textBytes: textBytesOf(row) },
    ...{ promptTokens, answerTokens, isFirst: facts.isFirst },
  }
  const cost = price === null ? null : rowCostOf(price, costed)
  if (price === null || cost === null || hold === null) {
    sum.unpricedRows += 1
    return
  }
  addCost(into.cost, cost)
  if (cost.coldBatch !== null) sum.sharingRows += 1
  const least =
    foretelling === null
      ? cost
      : rowCostOf(price, { ...costed, promptTokens: bySize, answerTokens: bounds })
  sum.least += least?.batch.low ?? 0
  sum.ceiling += hold
  if (into.promptCost === null) return
  const prompts = rowCostOf(price, { ...costed, answerTokens: { low: 0, high: 0 } })
  if (prompts !== null) addCost(into.promptCost, prompts)
}

// A picture has no bytes of text, so what text has been says nothing about it.
function foretold(row: EstimateRow, foretelling: Foretelling): TokenRange {
  const isText = (row.content?.encodedBytes ?? 0) === 0
  return isText ? foretelling.promptTokens(textBytesOf(row)) : promptTokensOf(row)
}

function within({ low, high }: TokenRange, most: number): TokenRange {
  return { low: Math.min(low, most), high: Math.min(high, most) }
}

interface FoundModel {
  readonly estimate: ModelEstimate
  readonly cost: Readonly<Record<Way, TokenRange>>
}

interface ModelKnown {
  readonly counted: ReadonlyMap<string, CountedStratum>
  readonly foretelling: Foretelling | null
}

function modelEstimate(model: string, sum: ModelSum, known: ModelKnown): FoundModel {
  const { mostAnswerTokens, unpricedRows, openEndedRows } = sum
  const total = totalOfModel(sum, known.counted)
  const { rows, tokens, cost, countedRows, coveredRows, errorShare } = total
  const basis = basisOf(rows, unpricedRows + openEndedRows > 0)
  const { foretelling } = known
  const history = { type: 'history', answers: foretelling?.answers ?? 0 } as const
  const guessed: PromptGrounds = foretelling === null ? { type: 'bytes' } : history
  const uncountedRows = rows - coveredRows
  const prompts: PromptGrounds =
    countedRows === 0 ? guessed : { type: 'counted', rows: countedRows, errorShare, uncountedRows }
  const answers: AnswerGrounds = foretelling === null ? { type: 'max_tokens' } : history
  const estimate: ModelEstimate = {
    ...{ model, rows, promptTokens: tokens, mostAnswerTokens, unpricedRows },
    batch: figureOf(cost.batch, basis),
    realtime: figureOf(cost.realtime, basis),
    grounds: { prompts, answers },
  }
  return { estimate, cost }
}

function comparison(
  rows: number,
  { cold: coldBatch, plain: plainBatch }: Readonly<Record<'cold' | 'plain', CostFigure>>,
  warmRealtime: CostFigure,
): CacheComparison | null {
  if (rows === 0) return null
  const isDearer = [
    coldBatch.lowNano > warmRealtime.lowNano,
    coldBatch.highNano > warmRealtime.highNano,
  ]
  const batchIsDearer = isDearer.every(Boolean) ? 'yes' : isDearer.some(Boolean) ? 'maybe' : 'no'
  return { rows, coldBatch, plainBatch, warmRealtime, batchIsDearer }
}

function basisOf(count: number, isOpen: boolean): EstimateBasis {
  if (isOpen) return 'floor'
  return count === 0 ? 'exact' : 'estimate'
}

function sumOf(found: readonly FoundModel[], way: Way, basis: EstimateBasis): CostFigure {
  const low = totalOf(found, ({ cost }) => cost[way].low)
  const high = totalOf(found, ({ cost }) => cost[way].high)
  return figureOf({ low, high }, basis)
}

function figureOf({ low, high }: TokenRange, basis: EstimateBasis): CostFigure {
  return { lowNano: low as NanoUsd, highNano: high as NanoUsd, basis }
}

function totalOf<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0)
}
