import { DAY_MS } from '@halfrate/core'
import { cronCalendar } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { type LocalTimes, localSlots } from '../src/time/local-slots.js'

const DAILY = (hour: number, minute: number): LocalTimes => ({ type: 'daily', hour, minute })
const EVERY = (minutes: number): LocalTimes => ({ type: 'every', minutes })

// The judge's own slots and those of the product are found in two ways, and are the same where clocks change.
test.each([
  ['Europe/Berlin', '2026-10-23T00:00Z', '30 2 * * *', DAILY(2, 30)],
  ['Europe/Berlin', '2027-03-26T00:00Z', '30 2 * * *', DAILY(2, 30)],
  ['Europe/Berlin', '2026-10-23T00:00Z', '*/30 * * * *', EVERY(30)],
  ['America/New_York', '2026-10-30T00:00Z', '15 1 * * *', DAILY(1, 15)],
  ['Australia/Lord_Howe', '2026-10-01T00:00Z', '10 2 * * *', DAILY(2, 10)],
  ['Australia/Lord_Howe', '2027-04-01T00:00Z', '45 1 * * *', DAILY(1, 45)],
  ['Australia/Lord_Howe', '2027-04-01T00:00Z', '0 * * * *', EVERY(60)],
  ['America/Santiago', '2026-09-04T00:00Z', '20 0 * * *', DAILY(0, 20)],
  ['Asia/Kathmandu', '2026-12-01T00:00Z', '*/15 * * * *', EVERY(15)],
])('%s from %s on, by %s', (timeZone, start, schedule, times) => {
  const from = Date.parse(start)
  const until = from + 5 * DAY_MS
  const slots = localSlots(times, timeZone, { from, until }).filter((slot) => slot > from + DAY_MS)
  const expected: number[] = []
  for (let after = from + DAY_MS; ; ) {
    after = cronCalendar.nextSlotAt({ schedule, timeZone, after })
    if (after >= until) break
    expected.push(after)
  }
  expect(slots.map((slot) => new Date(slot).toISOString())).toEqual(
    expected.map((slot) => new Date(slot).toISOString()),
  )
})
