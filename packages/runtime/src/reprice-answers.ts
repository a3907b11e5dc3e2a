import { DEFAULT_PROJECT, reprice, type Store } from '@halfrate/core'
import { type PriceBook, usdText } from '@halfrate/core/money'

/** How costs are filled in. */
export interface RepriceOptions {
  /** Only tells what would be filled in. Default false. */
  readonly dryRun?: boolean | undefined
}

/** What became of answers without a known price. Amounts are decimal text in dollars. */
export interface RepriceResult {
  /** Answers that had no cost and have one now; in a dry run those that would. */
  readonly priced: number
  /** What these cost together, and what they would have cost in real time. */
  readonly costUsd: string
  readonly realtimeUsd: string
  /** Answers that still have no cost; in no sum. */
  readonly unpriced: number
  /** The models that gave those, each once, as far as the answers name them. */
  readonly models: readonly string[]
  /** Tools of the server without a known fee that those used, by the provider's names, such as `web_search_requests`. */
  readonly tools: readonly string[]
}

/** Fills in costs that were not known; see {@link Halfrate.reprice}. */
export async function repriceAnswers(
  { store, prices }: { readonly store: Store; readonly prices: PriceBook },
  { dryRun = false }: RepriceOptions,
): Promise<RepriceResult> {
  const params = { store, project: DEFAULT_PROJECT, book: prices, write: !dryRun }
  const { costNano, realtimeNano, ...rest } = await reprice(params)
  return { ...rest, costUsd: usdText(costNano), realtimeUsd: usdText(realtimeNano) }
}
