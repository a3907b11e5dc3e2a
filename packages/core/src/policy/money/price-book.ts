import type { EpochMs } from '../../model/time.js'
import type { PriceRow } from './price-row.js'
import { TOOL_PRICES, type ToolPrice } from './tool-price.js'

/** What every model costs, as read on a day. Make one with {@link priceBookOf}. */
export interface PriceBook {
  /** The day on which it was read, `YYYY-MM-DD`; null when unknown. */
  readonly readOn: string | null
  readonly rows: readonly PriceRow[]
  /** Rows by id and by alias. */
  readonly byName: ReadonlyMap<string, PriceRow>
  /** Fees of the provider's tools, each name once. A tool that is not among them has no known fee. */
  readonly tools: readonly ToolPrice[]
}

const DATED = /^(.+)-\d{8}$/

/** Makes a price book. Of rows that share a name the last one counts. `tools` are the built-in fees by default. */
export function priceBookOf(
  params: Readonly<{
    readOn: string | null
    rows: readonly PriceRow[]
    tools?: readonly ToolPrice[] | undefined
  }>,
): PriceBook {
  const names = params.rows.flatMap((row) =>
    [row.id, ...row.aliases].map((name): [string, PriceRow] => [name, row]),
  )
  const { readOn, rows, tools = TOOL_PRICES } = params
  return { readOn, rows, byName: new Map(names), tools }
}

/** A book with the rows and fees of `extra` added to those of `base`, in the place of those with the same id or name. */
export function extendPriceBook(base: PriceBook, extra: PriceBook): PriceBook {
  const replaced = new Set(extra.rows.map((row) => row.id))
  const kept = base.rows.filter((row) => !replaced.has(row.id))
  return priceBookOf({
    readOn: extra.readOn ?? base.readOn,
    rows: [...kept, ...extra.rows],
    tools: withTools(base.tools, ownToolsOf(extra)),
  })
}

/** The fees of a book that are not the built-in ones. */
export function ownToolsOf({ tools }: Pick<PriceBook, 'tools'>): readonly ToolPrice[] {
  return tools.filter((tool) => !TOOL_PRICES.includes(tool))
}

/** Fees with others in the place of those with the same name. */
export function withTools(
  base: readonly ToolPrice[],
  extra: readonly ToolPrice[],
): readonly ToolPrice[] {
  const replaced = new Set(extra.map(({ name }) => name))
  return [...base.filter(({ name }) => !replaced.has(name)), ...extra]
}

/**
 * The price of a model at an instant; null for a model that the book does not know.
 *
 * Takes full ids and aliases, and for an id with a date that the book lacks the row without it: a date names a snapshot
 * of the same model at the same price. The rates are those of that day (UTC); for a day before the first that is known,
 * the first.
 */
export function priceOf(book: PriceBook, model: string, at: EpochMs): PriceRow | null {
  const row = book.byName.get(model) ?? book.byName.get(DATED.exec(model)?.[1] ?? '')
  if (row === undefined) return null
  if (row.changes.length === 0) return row
  const day = new Date(at).toISOString().slice(0, 10)
  const change = row.changes.findLast(({ from }) => from <= day) ?? row.changes[0]
  return change === undefined ? row : { ...row, rates: change.rates, above: change.above }
}

/** Every name that {@link priceOf} takes as it stands: ids and aliases, in the book's order. */
export function knownModels(book: PriceBook): readonly string[] {
  return [...book.byName.keys()]
}
