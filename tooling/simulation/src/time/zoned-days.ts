import type { Calendar } from '@halfrate/core'
import { cronCalendar } from '@halfrate/runtime'
import type { ScopeBudgets } from '../scenario/budgeted-seeds.js'
import { utcDays } from './utc-days.js'

/** The calendar that programs have where budgets are of places, and days of UTC in all other worlds, which are quicker. */
export function calendarOf({ scopeBudgets }: { readonly scopeBudgets: ScopeBudgets }): Calendar {
  const isZoned = scopeBudgets.some(({ budget }) => budget.timeZone !== 'UTC')
  return isZoned ? cronCalendar : utcDays
}
