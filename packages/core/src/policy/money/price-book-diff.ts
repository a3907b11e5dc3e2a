import type { EpochMs } from '../../model/time.js'
import { knownModels, type PriceBook, priceOf } from './price-book.js'
import type { PriceRow, TokenRates } from './price-row.js'
import { type ToolPrice, toolRatesAt } from './tool-price.js'

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

/** What the use of a tool costs by two books. */
export interface ToolPriceChange {
  /** As the provider's `usage` counts it. */
  readonly tool: string
  /** By the first book, of the day that was asked for; null where it does not know the tool. */
  readonly before: ToolPrice | null
  readonly after: ToolPrice | null
}

/** The tools that cost something else at `at` by another book, likewise. */
export function diffToolPrices(
  before: PriceBook,
  after: PriceBook,
  at: EpochMs,
): readonly ToolPriceChange[] {
  const find = (book: PriceBook, name: string): ToolPrice | null => {
    const tool = book.tools.find((each) => each.name === name)
    return tool === undefined ? null : { ...tool, ...toolRatesAt(tool, at) }
  }
  const names = new Set([...before.tools, ...after.tools].map(({ name }) => name))
  return [...names]
    .sort((a, b) => (a < b ? -1 : 1))
    .map((tool) => ({ tool, before: find(before, tool), after: find(after, tool) }))
    .filter((change) => feesText(change.before) !== feesText(change.after))
}

function feesText(tool: ToolPrice | null): string {
  if (tool === null) return ''
  const changes = tool.changes.map(({ from, realtime, batch }) => [from, realtime, batch])
  return JSON.stringify([tool.realtime, tool.batch, changes])
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
