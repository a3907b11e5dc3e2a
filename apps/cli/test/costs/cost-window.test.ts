import { dayOf } from '@halfrate/runtime'
import { expect, test } from 'vitest'
import { costWindow } from '../../src/costs/cost-window.js'

const now = Date.parse('2026-11-22T12:00:00Z')
const read = (flags: Parameters<typeof costWindow>[0], zone = 'UTC') => {
  const { since, until } = costWindow(flags, { now, dayOfAt: dayOf(zone) })
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())
  return [iso(since), iso(until)]
}

test('days and months begin where the time zone says', () => {
  expect(read({})).toEqual([null, null])
  expect(read({ month: '2026-12' })).toEqual([
    '2026-12-01T00:00:00.000Z',
    '2027-01-01T00:00:00.000Z',
  ])
  expect(read({ month: '2026-10' }, 'Europe/Berlin')).toEqual([
    '2026-09-30T22:00:00.000Z',
    '2026-10-31T23:00:00.000Z',
  ])
  expect(read({ since: '2026-11-20', until: '12h' }, 'America/New_York')).toEqual([
    '2026-11-20T05:00:00.000Z',
    '2026-11-22T00:00:00.000Z',
  ])
  expect(read({ since: '365d' })).toEqual(['2025-11-22T12:00:00.000Z', null])
  expect(read({ since: '2026-11-20T06:00:00Z' })).toEqual(['2026-11-20T06:00:00.000Z', null])
})

test('a time that is none, or that ends before it begins, is refused', () => {
  expect(() => read({ month: '2026-13' })).toThrow('--month: expected a month such as 2026-11')
  expect(() => read({ month: '2026-11', until: '1d' })).toThrow("--month and --until can't go")
  expect(() => read({ since: '1d', until: '2d' })).toThrow('--until: expected a time after')
  expect(() => read({ since: '2026-02-30' })).toThrow('--since: expected a time')
})
