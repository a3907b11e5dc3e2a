import { ConfigError } from '@halfrate/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cronCalendar } from '../src/cron-calendar.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

// The nights in which clocks change, as instants shortly before.
const CHANGES = [
  { timeZone: 'Australia/Sydney', around: '2026-10-03T16:00:00Z' },
  { timeZone: 'Australia/Sydney', around: '2027-04-03T16:00:00Z' },
  { timeZone: 'Europe/Berlin', around: '2026-03-29T01:00:00Z' },
  { timeZone: 'Europe/Berlin', around: '2026-10-25T01:00:00Z' },
] as const

const somewhen = fc
  .record({
    change: fc.constantFrom(...CHANGES),
    awayMs: fc.integer({ min: -4 * DAY_MS, max: 4 * DAY_MS }),
  })
  .map(({ change: { timeZone, around }, awayMs }) => ({
    timeZone,
    at: Date.parse(around) + awayMs,
  }))
const daily = fc.record({
  hour: fc.integer({ min: 0, max: 4 }),
  minute: fc.integer({ min: 0, max: 59 }),
})

/** What people there read from calendar and clock. */
function localOf(at: number, timeZone: string): { readonly day: string; readonly minutes: number } {
  const format = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const
  const [day = '', time = ''] = new Intl.DateTimeFormat('en-CA', format).format(at).split(', ')
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return { day, minutes: hour * 60 + minute }
}

function slotsBetween(schedule: string, timeZone: string, from: number, to: number): number[] {
  const slots: number[] = []
  for (let after = from; ; ) {
    after = cronCalendar.nextSlotAt({ schedule, timeZone, after })
    if (after > to) return slots
    slots.push(after)
  }
}

describe('the next slot', () => {
  test.each([
    [
      'before a usual night',
      'Australia/Sydney',
      '0 2 * * *',
      '2026-11-22T00:00:00Z',
      '2026-11-22T15:00:00Z',
    ],
    [
      'a millisecond before',
      'Europe/Berlin',
      '0 2 * * *',
      '2026-06-01T23:59:59.999Z',
      '2026-06-02T00:00:00Z',
    ],
    [
      'at the slot itself: the next one',
      'Europe/Berlin',
      '0 2 * * *',
      '2026-06-02T00:00:00Z',
      '2026-06-03T00:00:00Z',
    ],
    [
      'that falls into the gap: its end',
      'Australia/Sydney',
      '30 2 * * *',
      '2026-10-03T12:00:00Z',
      '2026-10-03T16:00:00Z',
    ],
    [
      'that falls into the gap: its end',
      'Europe/Berlin',
      '30 2 * * *',
      '2026-03-28T12:00:00Z',
      '2026-03-29T01:00:00Z',
    ],
    [
      'that there is twice: the first',
      'Australia/Sydney',
      '30 2 * * *',
      '2027-04-03T12:00:00Z',
      '2027-04-03T15:30:00Z',
    ],
    [
      'between the two: a day later',
      'Australia/Sydney',
      '30 2 * * *',
      '2027-04-03T15:40:00Z',
      '2027-04-04T16:30:00Z',
    ],
    [
      'between the two: a day later',
      'Europe/Berlin',
      '30 2 * * *',
      '2026-10-25T00:40:00Z',
      '2026-10-26T01:30:00Z',
    ],
    [
      'of working days',
      'Europe/Berlin',
      '0 18 * * 1-5',
      '2026-11-20T17:30:00Z',
      '2026-11-23T17:00:00Z',
    ],
    ['of a leap day', 'UTC', '0 0 29 2 *', '2026-11-22T00:00:00Z', '2028-02-29T00:00:00Z'],
  ])('%s, in %s by %s', (_, timeZone, schedule, after, expected) => {
    const next = cronCalendar.nextSlotAt({ schedule, timeZone, after: Date.parse(after) })
    expect(new Date(next).toISOString()).toBe(new Date(expected).toISOString())
  })

  test('comes once on each local day, at its time or at the end of a gap that holds it', () => {
    fc.assert(
      fc.property(somewhen, daily, ({ timeZone, at }, { hour, minute }) => {
        const schedule = `${minute} ${hour} * * *`
        const slots = slotsBetween(schedule, timeZone, at, at + 8 * DAY_MS)
        const days = slots.map((slot) => localOf(slot, timeZone).day)
        expect(new Set(days).size).toBe(days.length)
        expect(slots.length).toBeGreaterThanOrEqual(7)
        for (const slot of slots) {
          const { minutes } = localOf(slot, timeZone)
          if (minutes === hour * 60 + minute) continue
          const before = localOf(slot - 60_000, timeZone).minutes
          expect(before).toBeLessThan(hour * 60 + minute)
          expect(minutes).toBeGreaterThan(hour * 60 + minute)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('does not depend on from where one looks', () => {
    const some = fc.constantFrom('*/20 * * * *', '0 * * * *', '15,45 1-3 * * *', '30 2 * * 0')
    fc.assert(
      fc.property(
        somewhen,
        some,
        fc.integer({ min: 0, max: 40 * HOUR_MS }),
        (when, schedule, laterMs) => {
          const { timeZone, at } = when
          const after = at + laterMs
          const found = cronCalendar.nextSlotAt({ schedule, timeZone, after })
          const [first] = slotsBetween(schedule, timeZone, at, found).filter((slot) => slot > after)
          expect(found).toBe(first)
        },
      ),
      { numRuns: 300 },
    )
  })
})

test.each([
  ['0 2 * *', 'Europe/Berlin', 'flush.schedule: expected five fields of cron'],
  ['0 0 2 * * *', 'Europe/Berlin', 'flush.schedule: expected five fields of cron'],
  ['61 2 * * *', 'Europe/Berlin', 'flush.schedule: expected five fields of cron'],
  ['nightly', 'Europe/Berlin', 'flush.schedule: expected five fields of cron'],
  ['0 0 30 2 *', 'Europe/Berlin', 'flush.schedule: expected one that occurs'],
  [
    '0 2 * * *',
    'Europe/Bonn',
    'flush.timeZone: expected a time zone such as "Europe/Berlin", got "Europe/Bonn"',
  ],
])('%j in %s is refused', (schedule, timeZone, message) => {
  const look = (): number => cronCalendar.nextSlotAt({ schedule, timeZone, after: 0 })
  expect(look).toThrow(message)
  expect(look).toThrow(ConfigError)
})
