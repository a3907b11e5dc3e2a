import type { Calendar } from '@halfrate/core'
import { cronCalendar } from '@halfrate/runtime'
import type { ScopeBudgets } from '../scenario/budgeted-seeds.js'
import type { Schedules } from '../scenario/with-schedules.js'
import { utcDays } from './utc-days.js'

/** The calendar that programs have where budgets or schedules are of places, and days of UTC in all other worlds, which are quicker. */
export function calendarOf({
  scopeBudgets,
  schedules,
}: {
  readonly scopeBudgets: ScopeBudgets
  readonly schedules: Schedules | null
}): Calendar {
  const isZoned = scopeBudgets.some(({ budget }) => budget.timeZone !== 'UTC')
  return isZoned || schedules !== null ? cronCalendar : utcDays
}
