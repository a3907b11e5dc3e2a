import type { EpochMs } from '../../model/time.js'

/** The name under which the provider's `usage` counts searches, and a price file names their fee. */
export const WEB_SEARCH = 'web_search_requests'

/** What one use of a tool costs: whole pico-dollars (10^-12 USD), null when unknown. */
export interface ToolRates {
  readonly realtime: number | null
  /** The batch discount is one of tokens; a fee has its own price there. */
  readonly batch: number | null
}

/** The fee of one tool of the provider's servers. */
export interface ToolPrice extends ToolRates {
  /** As the provider's `usage` counts it, such as `web_search_requests`. */
  readonly name: string
  /** Fees by the day (UTC) from which they held, oldest first, the last of them its own; empty when they never changed. */
  readonly changes: readonly (ToolRates & { readonly from: string })[]
  /** Where the fee was read, and when. */
  readonly source: string
}

/** The fees of a day, by the names of their tools. */
export type ToolFees = ReadonlyMap<string, ToolRates>

/** The fees that hold at an instant; for a day before the first that is known, the first. */
export function toolFeesAt(book: { readonly tools: readonly ToolPrice[] }, at: EpochMs): ToolFees {
  return new Map(book.tools.map((tool) => [tool.name, toolRatesAt(tool, at)]))
}

/** The fee of one tool at an instant, likewise. */
export function toolRatesAt(tool: ToolPrice, at: EpochMs): ToolRates {
  const { changes } = tool
  if (changes.length === 0) return tool
  const day = new Date(at).toISOString().slice(0, 10)
  return changes.findLast(({ from }) => from <= day) ?? changes[0] ?? tool
}

/**
 * The fees that come with this version.
 *
 * Source: the provider's pricing page, fact sheet section 8, 2026-11-21. Whether a batch halves the fee of searches is documented
 * nowhere, so it counts in full.
 */
export const TOOL_PRICES: readonly ToolPrice[] = [
  {
    name: WEB_SEARCH,
    realtime: 10_000_000_000,
    batch: 10_000_000_000,
    changes: [],
    source:
      'pricing page, read 2026-11-21: USD 10 per 1,000 searches; no discount in batches is documented',
  },
  {
    name: 'web_fetch_requests',
    realtime: 0,
    batch: 0,
    changes: [],
    source: 'pricing page, read 2026-11-21: no fee beside the tokens of what is fetched',
  },
]
