import { periodAt } from '@halfrate/core/budgets'
import { describe, expect, test } from 'vitest'
import { cronCalendar } from '../src/index.js'

const at = (text: string): number => Date.parse(text)

function spanOf(period: 'day' | 'month', timeZone: string, instant: string): readonly string[] {
  const { since, until } = periodAt(cronCalendar, { period, timeZone }, at(instant))
  return [since, until ?? 0].map((ms) => new Date(ms).toISOString())
}

describe('the period of an instant', () => {
  test('is the day of the place', () => {
    expect(spanOf('day', 'Europe/Berlin', '2026-07-10T22:30:00Z')).toEqual([
      '2026-07-10T22:00:00.000Z',
      '2026-07-11T22:00:00.000Z',
    ])
  })

  test('begins with its first millisecond, and the one before is of the day before', () => {
    const [since] = spanOf('day', 'Europe/Berlin', '2026-07-10T22:00:00.000Z')
    expect(since).toBe('2026-07-10T22:00:00.000Z')
    const [before] = spanOf('day', 'Europe/Berlin', '2026-07-10T21:59:59.999Z')
    expect(before).toBe('2026-07-09T22:00:00.000Z')
  })

  test('is 23 or 25 hours long when clocks change', () => {
    expect(spanOf('day', 'Europe/Berlin', '2026-03-29T12:00:00Z')).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ])
    expect(spanOf('day', 'Europe/Berlin', '2026-10-25T12:00:00Z')).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })

  test('is a month of any length', () => {
    expect(spanOf('month', 'UTC', '2028-02-29T23:59:59.999Z')).toEqual([
      '2028-02-01T00:00:00.000Z',
      '2028-03-01T00:00:00.000Z',
    ])
    expect(spanOf('month', 'America/New_York', '2026-11-01T04:30:00Z')).toEqual([
      '2026-11-01T04:00:00.000Z',
      '2026-12-01T05:00:00.000Z',
    ])
  })

  test('begins with the first instant of a day whose midnight is left out', () => {
    // Clocks in Beirut go from 24:00 to 1:00.
    const [since] = spanOf('day', 'Asia/Beirut', '2026-03-29T10:00:00Z')
    expect(since).toBe('2026-03-28T22:00:00.000Z')
  })

  test('has neither beginning nor end when all counts', () => {
    const span = periodAt(cronCalendar, { period: 'total', timeZone: 'UTC' }, at('2026-07-10'))
    expect(span).toEqual({ since: 0, until: null })
  })
})
