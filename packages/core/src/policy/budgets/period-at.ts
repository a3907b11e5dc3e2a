import type { BudgetPeriod } from '../../model/budget.js'
import { DAY_MS, type EpochMs } from '../../model/time.js'

/** A period: its first instant, and the first one after it; null for one without end. */
export interface PeriodSpan {
  readonly since: EpochMs
  readonly until: EpochMs | null
}

const SLOTS = {
  day: { schedule: '0 0 * * *', reachMs: 3 * DAY_MS },
  month: { schedule: '0 0 1 * *', reachMs: 63 * DAY_MS },
} as const

/** The part of a calendar that says when a schedule comes next after an instant. */
export interface SlotSource {
  nextSlotAt(params: {
    readonly schedule: string
    readonly timeZone: string
    readonly after: EpochMs
  }): EpochMs
}

/** The period that an instant is in. A day that has no midnight begins with the first instant that it has. */
export function periodAt(
  calendar: SlotSource,
  { period, timeZone }: { readonly period: BudgetPeriod; readonly timeZone: string },
  at: EpochMs,
): PeriodSpan {
  if (period === 'total') return { since: 0, until: null }
  const { schedule, reachMs } = SLOTS[period]
  let since = calendar.nextSlotAt({ schedule, timeZone, after: at - reachMs })
  for (;;) {
    const until = calendar.nextSlotAt({ schedule, timeZone, after: since })
    if (until > at) return { since, until }
    since = until
  }
}
