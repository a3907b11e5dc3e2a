import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import type { Usage } from '../../model/usage.js'
import { costAt, type Route } from './cost.js'
import { holdOf } from './hold.js'
import { type PriceBook, priceOf } from './price-book.js'
import type { PriceRow } from './price-row.js'
import { type PromptFacts, promptTokensOf, type TokenRange } from './prompt-tokens.js'

/**
 * What a figure rests on.
 *
 * `exact`: it is so, since nothing is left to pay. `estimate`: likely between its ends. `floor`: it can well be more than
 * its high end, since some rows have no known price or bring in what is not in them.
 */
export type EstimateBasis = 'exact' | 'estimate' | 'floor'

/** What something likely costs. */
export interface CostFigure {
  /** With prompts of sparse text, read from a cache where they ask for one, and answers of one token. */
  readonly lowNano: NanoUsd
  /** With prompts of dense text, written to a cache where they ask for one, and answers of `max_tokens`. */
  readonly highNano: NanoUsd
  readonly basis: EstimateBasis
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
}

/** What rows likely cost when each is answered at the first try. */
export interface Estimate {
  readonly rows: number
  /** In the order in which they came first. */
  readonly models: readonly ModelEstimate[]
  readonly batch: CostFigure
  readonly realtime: CostFigure
  /** The most that one attempt of each row can cost in batch by {@link holdOf}, which says what it does not bound. */
  readonly ceilingNano: NanoUsd
  /** Rows without a known price; they are in no sum of money. */
  readonly unpricedRows: number
  /** Rows that bring in what is not in them: files, pages, tools of a server. */
  readonly openEndedRows: number
}

/** A request to estimate: a row before it is stored, or a stored request, of which `content` is not known. */
export interface EstimateRow extends PromptFacts {
  /** `params.max_tokens`. */
  readonly maxTokens: number
}

/** By what prices. */
export interface EstimateOptions {
  readonly book: PriceBook
  /** The instant whose prices count. */
  readonly at: EpochMs
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
  #openEndedRows = 0

  constructor(options: EstimateOptions) {
    this.#options = options
  }

  add(row: EstimateRow): void {
    const { book, at } = this.#options
    const { model } = row
    const sum = this.#models.get(model) ?? newSum(priceOf(book, model, at))
    this.#models.set(model, sum)
    if (row.content?.fetches === true) this.#openEndedRows += 1
    addRow(sum, row, holdOf({ ...row, book, at }))
  }

  /** What was added so far. */
  estimate(): Estimate {
    const sums = [...this.#models]
    const models = sums.map(([model, sum]) => modelEstimate(model, sum))
    const openEndedRows = this.#openEndedRows
    const unpricedRows = totalOf(models, (model) => model.unpricedRows)
    const isOpen = openEndedRows + unpricedRows > 0
    return {
      rows: totalOf(models, ({ rows }) => rows),
      models,
      batch: sumOf(models, 'batch', basisOf(models.length, isOpen)),
      realtime: sumOf(models, 'realtime', basisOf(models.length, isOpen)),
      ceilingNano: totalOf(sums, ([, { ceilingNano }]) => ceilingNano) as NanoUsd,
      unpricedRows,
      openEndedRows,
    }
  }
}

interface ModelSum {
  readonly price: PriceRow | null
  rows: number
  low: number
  high: number
  mostAnswerTokens: number
  readonly cost: Record<Route, { low: number; high: number }>
  ceilingNano: number
  unpricedRows: number
  openEndedRows: number
}

function newSum(price: PriceRow | null): ModelSum {
  const cost = { batch: { low: 0, high: 0 }, realtime: { low: 0, high: 0 } }
  const none = { rows: 0, low: 0, high: 0, mostAnswerTokens: 0, ceilingNano: 0 }
  return { price, ...none, cost, unpricedRows: 0, openEndedRows: 0 }
}

function addRow(sum: ModelSum, row: EstimateRow, hold: NanoUsd | null): void {
  const { price } = sum
  const found = promptTokensOf(row)
  const window = price?.contextTokens ?? Number.POSITIVE_INFINITY
  const prompt = { low: Math.min(found.low, window), high: Math.min(found.high, window) }
  sum.rows += 1
  sum.low += prompt.low
  sum.high += prompt.high
  sum.mostAnswerTokens += row.maxTokens
  if (row.content?.fetches === true) sum.openEndedRows += 1
  const ends = price === null ? null : endsOf(price, row, prompt)
  if (ends === null || hold === null) {
    sum.unpricedRows += 1
    return
  }
  sum.ceilingNano += hold
  for (const route of ROUTES) {
    sum.cost[route].low += ends[route].low
    sum.cost[route].high += ends[route].high
  }
}

const ROUTES = ['batch', 'realtime'] as const

type Ends = Readonly<Record<Route, { readonly low: NanoUsd; readonly high: NanoUsd }>>

function endsOf(price: PriceRow, row: EstimateRow, prompt: TokenRange): Ends | null {
  const inferenceGeo = row.content?.isInUs === true ? 'us' : null
  const low = { ...usageOf(prompt.low, 'low', row), outputTokens: 1, inferenceGeo }
  const high = { ...usageOf(prompt.high, 'high', row), outputTokens: row.maxTokens, inferenceGeo }
  const batchLow = costAt(price, low, 'batch')
  const batchHigh = costAt(price, high, 'batch')
  const realtimeLow = costAt(price, low, 'realtime')
  const realtimeHigh = costAt(price, high, 'realtime')
  if (batchLow === null || batchHigh === null) return null
  if (realtimeLow === null || realtimeHigh === null) return null
  return {
    batch: { low: batchLow, high: batchHigh },
    realtime: { low: realtimeLow, high: realtimeHigh },
  }
}

const NO_USAGE: Usage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
  inferenceGeo: null,
}

// Which part of a prompt is cached is not known: at best all of it is read from there, at worst all is written.
function usageOf(tokens: number, end: 'low' | 'high', { content }: EstimateRow): Usage {
  const caching = content?.caching ?? null
  if (caching === null) return { ...NO_USAGE, inputTokens: tokens }
  if (end === 'low') return { ...NO_USAGE, cacheReadTokens: tokens }
  return caching === '1h'
    ? { ...NO_USAGE, cacheWrite1hTokens: tokens }
    : { ...NO_USAGE, cacheWrite5mTokens: tokens }
}

function modelEstimate(model: string, sum: ModelSum): ModelEstimate {
  const { rows, low, high, mostAnswerTokens, cost, unpricedRows, openEndedRows } = sum
  const basis = basisOf(rows, unpricedRows + openEndedRows > 0)
  return {
    ...{ model, rows, promptTokens: { low, high }, mostAnswerTokens, unpricedRows },
    batch: figureOf(cost.batch, basis),
    realtime: figureOf(cost.realtime, basis),
  }
}

function basisOf(count: number, isOpen: boolean): EstimateBasis {
  if (isOpen) return 'floor'
  return count === 0 ? 'exact' : 'estimate'
}

function sumOf(models: readonly ModelEstimate[], route: Route, basis: EstimateBasis): CostFigure {
  const low = totalOf(models, (model) => model[route].lowNano)
  const high = totalOf(models, (model) => model[route].highNano)
  return figureOf({ low, high }, basis)
}

function figureOf({ low, high }: TokenRange, basis: EstimateBasis): CostFigure {
  return { lowNano: low as NanoUsd, highNano: high as NanoUsd, basis }
}

function totalOf<T>(items: readonly T[], figure: (item: T) => number): number {
  return items.reduce((sum, item) => sum + figure(item), 0)
}
