import { periodAt } from '@halfrate/core/budgets'
import { cronCalendar } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { PeriodStart } from '../../src/judge/period-start.js'

const QUARTER_MS = 15 * 60_000

// Two reckonings that share nothing, over days of 23, 23½ and 25 hours, without a midnight and with two.
test.each([
  ['Europe/Berlin', '2026-10-24T20:00Z'],
  ['Europe/Berlin', '2027-03-27T20:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T10:00Z'],
  ['America/Santiago', '2026-09-05T22:00Z'],
  ['America/Havana', '2026-11-01T02:00Z'],
  ['Africa/Cairo', '2026-10-29T18:00Z'],
  ['Asia/Kathmandu', '2026-11-30T16:00Z'],
] as const)('days and months of %s from %s on begin when the engine says so', (timeZone, from) => {
  const starts = new PeriodStart()
  const begin = Date.parse(from)
  for (let at = begin; at < begin + 36 * 3_600_000; at += QUARTER_MS) {
    for (const period of ['day', 'month', 'total'] as const) {
      const { since } = periodAt(cronCalendar, { period, timeZone }, at)
      expect([period, starts.of({ period, timeZone }, at)]).toEqual([period, since])
    }
  }
})
