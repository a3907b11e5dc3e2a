import type { EpochMs } from '../../model/time.js'
import { knownModels, type PriceBook, priceOf } from './price-book.js'
import type { PriceRow, TokenRates } from './price-row.js'

/** What a model costs by two books, under one of its names. */
export interface PriceChange {
  /** An id or an alias. */
  readonly model: string
  /** By the first book; null where it does not know the name. */
  readonly before: PriceRow | null
  readonly after: PriceRow | null
}

/**
 * The names that cost something else at `at` by another book, are new in it, or are no longer known: what requests would
 * be booked at otherwise. Sources and what else rows say are not compared. By name, in the order of characters.
 */
export function diffPriceBooks(
  before: PriceBook,
  after: PriceBook,
  at: EpochMs,
): readonly PriceChange[] {
  const names = new Set([...knownModels(before), ...knownModels(after)])
  return [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((model) => ({
      model,
      before: priceOf(before, model, at),
      after: priceOf(after, model, at),
    }))
    .filter((change) => pricesText(change.before) !== pricesText(change.after))
}

// All that makes up a cost or bounds one.
function pricesText(row: PriceRow | null): string {
  if (row === null) return ''
  const { rates, above, hasUsGeo, contextTokens } = row
  const tier = above === null ? null : [above.promptTokens, figuresOf(above.rates)]
  const changes = row.changes.map((change) => [
    change.from,
    figuresOf(change.rates),
    change.above === null ? null : [change.above.promptTokens, figuresOf(change.above.rates)],
  ])
  return JSON.stringify([figuresOf(rates), tier, changes, hasUsGeo, contextTokens])
}

function figuresOf(rates: TokenRates): readonly (number | null)[] {
  return [rates.input, rates.output, rates.cacheWrite5m, rates.cacheWrite1h, rates.cacheRead]
}
