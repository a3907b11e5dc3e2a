import { costOf, PRICE_BOOK, type PriceBook, usdText } from '@halfrate/core/money'
import { readUsage } from '@halfrate/core/results'
import type { RecordedUsage } from './call-record.js'

/** What the cost of a call is worked out from. */
export interface CostOfCallParams {
  readonly usage: RecordedUsage | null
  readonly model: string | null
  /** When it was made. Epoch milliseconds. */
  readonly at: number
  /** Default: the prices that are built in. */
  readonly book?: PriceBook | undefined
}

/**
 * What a real-time call cost, in dollars as decimal text. Null, never 0, where the price is not known: another model, fast mode,
 * a tier other than the standard one, or usage of a kind that this version does not know.
 */
export function costOfCall({ usage, model, at, book }: CostOfCallParams): string | null {
  const billed = readUsage(usage)
  if (billed === null || model === null) return null
  if ((usage?.speed ?? 'standard') !== 'standard') return null
  if ((usage?.service_tier ?? 'standard') !== 'standard') return null
  const cost = costOf({ ...billed, model, route: 'realtime', at, book: book ?? PRICE_BOOK })
  return cost === null ? null : usdText(cost)
}
