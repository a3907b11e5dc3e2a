import { describe, expect, it } from 'vitest'
import type { FaultKind } from '../../src/faults/fault-kind.js'
import { type Night, type Place, simulateYear } from './year-of-nights.js'

// Times that fall into the hour that is skipped or repeated there, on both halves of the earth: at one, two and three at
// night, at midnight, by half an hour only, and places that change no clock.
const PLACES: readonly Place[] = [
  { timeZone: 'Europe/Berlin', schedule: '30 2 * * *', offsetHours: 1 },
  { timeZone: 'Europe/London', schedule: '30 1 * * *', offsetHours: 0 },
  { timeZone: 'America/New_York', schedule: '30 2 * * *', offsetHours: -5 },
  { timeZone: 'America/Santiago', schedule: '30 0 * * *', offsetHours: -4 },
  { timeZone: 'America/Havana', schedule: '15 0 * * *', offsetHours: -5 },
  { timeZone: 'Australia/Sydney', schedule: '0 2 * * *', offsetHours: 10 },
  { timeZone: 'Australia/Lord_Howe', schedule: '15 2 * * *', offsetHours: 10.5 },
  { timeZone: 'Pacific/Auckland', schedule: '45 2 * * *', offsetHours: 12 },
  { timeZone: 'Africa/Cairo', schedule: '0 0 * * *', offsetHours: 2 },
  { timeZone: 'Asia/Kathmandu', schedule: '0 6 * * *', offsetHours: 5.75 },
]
// From midnight in UTC on, so that the first noon comes before the first night everywhere.
const START_AT = Date.UTC(2026, 11, 1)
const DAYS = 365

interface Local {
  readonly day: string
  readonly minutes: number
}

/** What people there read from calendar and clock. */
function localOf(at: number, timeZone: string): Local {
  const format = { timeZone, hourCycle: 'h23', dateStyle: 'short', timeStyle: 'short' } as const
  const [day = '', time = ''] = new Intl.DateTimeFormat('en-CA', format).format(at).split(', ')
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return { day, minutes: hour * 60 + minute }
}

function daysAfter(first: string, count: number): readonly string[] {
  const start = Date.parse(`${first}T00:00:00Z`)
  return Array.from({ length: count }, (_, index) =>
    new Date(start + index * 86_400_000).toISOString().slice(0, 10),
  )
}

/** How late each was, in minutes by the local clock, in the order of the days. */
function latenessOf(nights: readonly Night[], { timeZone, schedule }: Place): readonly number[] {
  const [minute = 0, hour = 0] = schedule.split(' ').map(Number)
  return nights
    .filter((night) => night.timeZone === timeZone)
    .map(({ sealedAt }) => localOf(sealedAt, timeZone).minutes - (hour * 60 + minute))
}

function daysOf(nights: readonly Night[], { timeZone }: Place): readonly string[] {
  return nights
    .filter((night) => night.timeZone === timeZone)
    .map(({ sealedAt }) => localOf(sealedAt, timeZone).day)
    .sort()
}

describe('a year of nightly runs in ten places', () => {
  it('sends once on each local day, at the time, through both changes of the clocks', async () => {
    const year = { places: PLACES, startAt: START_AT, days: DAYS, workers: 1, rates: new Map() }
    const nights = await simulateYear(year)
    for (const place of PLACES) {
      const days = daysOf(nights, place)
      expect(days, place.timeZone).toEqual(daysAfter(days[0] ?? '', DAYS))
      const late = latenessOf(nights, place)
      // Where the time is skipped it is the end of the gap, an hour at most.
      expect(Math.min(...late), place.timeZone).toBeGreaterThanOrEqual(0)
      expect(late.filter((minutes) => minutes > 1).length, place.timeZone).toBeLessThanOrEqual(1)
      expect(Math.max(...late), place.timeZone).toBeLessThanOrEqual(60)
    }
    expect(nights.every(({ requests }) => requests === 1)).toBe(true)
  }, 300_000)

  it('sends once on each of them too when three workers come and go', async () => {
    const rates: ReadonlyMap<FaultKind, number> = new Map([['crash', 0.002]])
    // Through the changes of March and April.
    const [startAt, count] = [Date.UTC(2027, 2, 1), 60]
    const nights = await simulateYear({
      ...{ places: PLACES, startAt, days: count, workers: 3, rates },
    })
    for (const place of PLACES) {
      const days = daysOf(nights, place)
      expect(days, place.timeZone).toEqual(daysAfter(days[0] ?? '', count))
      expect(Math.min(...latenessOf(nights, place)), place.timeZone).toBeGreaterThanOrEqual(0)
    }
  }, 300_000)
})
