import type { BudgetCap, BudgetScope, BudgetTold, BudgetUse } from '../../model/budget.js'
import { countedNano } from './budget-use.js'
import type { PeriodSpan } from './period-at.js'

/** How a cap stands in the period that is under way. */
export interface CapStand extends BudgetCap, PeriodSpan {
  readonly scope: BudgetScope
  readonly timeZone: string
  readonly use: BudgetUse
}

/** What fits under every one of some caps, never below 0; null for none. */
export function leftUnder(caps: readonly Pick<CapStand, 'capNano' | 'use'>[]): number | null {
  if (caps.length === 0) return null
  return Math.min(...caps.map(({ capNano, use }) => Math.max(0, capNano - countedNano(use))))
}

/**
 * The greatest share, in percent, that has come true of those at which it shall be told; 0 for none. What is held does not
 * count: mostly a tenth of it is paid.
 */
export function shareReached({
  capNano,
  use,
  warnAt,
}: Pick<CapStand, 'capNano' | 'use' | 'warnAt'>): number {
  const reached = warnAt.filter((share) => use.spentNano * 100 >= capNano * share)
  return Math.max(0, ...reached)
}

/** Whether it was told in this period, and of this very cap, that something waits for it. */
export function isReached(
  { period, since, capNano }: Pick<CapStand, 'period' | 'since' | 'capNano'>,
  told: BudgetTold | null,
): boolean {
  const found = told?.periods.find((each) => each.period === period)
  return found?.since === since && found.capNano === capNano && found.reachedAt !== null
}
