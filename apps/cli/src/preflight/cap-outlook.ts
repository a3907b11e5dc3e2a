import { type NanoUsd, type Spending, usedNano } from '@halfrate/core'
import type { Estimate } from '@halfrate/core/money'

/**
 * How far rows get under a cap. `all_at_once`: the most that all of them can cost fits. `in_turns`: all of them likely go, as costs
 * take the place of holds. `may_stop`: likely not all do. `stops_at_once`: nothing is under way, and not one row fits.
 */
export type CapOutlook = 'all_at_once' | 'in_turns' | 'may_stop' | 'stops_at_once'

/** The most that one of the rows to send can cost: the row for which that is least, and the one for which it is most. */
export interface HoldRange {
  readonly leastNano: NanoUsd
  readonly mostNano: NanoUsd
}

/** Works out how far rows get; null holds are those of rows of which nobody knows the price. */
export function capOutlook(
  capNano: NanoUsd,
  spending: Spending,
  rows: { readonly estimate: Estimate; readonly holds: HoldRange | null },
): CapOutlook {
  const { estimate, holds } = rows
  const left = capNano - usedNano(spending)
  if (holds === null) return 'may_stop'
  if (holds.leastNano > left) return spending.openAttempts > 0 ? 'may_stop' : 'stops_at_once'
  if (estimate.ceilingNano <= left) return 'all_at_once'
  // The last row joins when its hold fits beside what the others have cost by then.
  return estimate.batch.highNano + holds.mostNano <= left ? 'in_turns' : 'may_stop'
}
