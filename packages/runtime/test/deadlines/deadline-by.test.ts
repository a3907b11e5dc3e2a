import { ConfigError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { deadlineBy } from '../../src/index.js'

const at = (text: string): number => Date.parse(text)
const by = (time: string, timeZone: string, now: string): string =>
  new Date(deadlineBy({ by: time, timeZone }, at(now))).toISOString()

describe('a time of the day', () => {
  test.each([
    [
      'later on the same local day',
      '06:00',
      'Australia/Sydney',
      '2026-11-22T15:00:00Z',
      '2026-11-22T19:00:00.000Z',
    ],
    [
      'on the next one, when it is over',
      '6:00',
      'Australia/Sydney',
      '2026-11-22T19:00:01Z',
      '2026-11-23T19:00:00.000Z',
    ],
    [
      'on the next one, when it is just now',
      '06:00',
      'UTC',
      '2026-11-22T06:00:00Z',
      '2026-11-23T06:00:00.000Z',
    ],
    [
      'at the end of the gap, where it is left out',
      '02:30',
      'Europe/Berlin',
      '2026-03-28T22:00:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'the first of the two, where it comes twice',
      '02:30',
      'Europe/Berlin',
      '2026-10-24T22:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    [
      'on the next day after the first of the two',
      '02:30',
      'Europe/Berlin',
      '2026-10-25T00:45:00Z',
      '2026-10-26T01:30:00.000Z',
    ],
    [
      'in a zone with a half hour',
      '06:00',
      'Asia/Kolkata',
      '2026-11-22T00:29:00Z',
      '2026-11-22T00:30:00.000Z',
    ],
  ])('is %s', (_, time, zone, now, expected) => {
    expect(by(time, zone, now)).toBe(expected)
  })

  test.each([
    'Australia/Sydney',
    'Australia/Lord_Howe',
    'Pacific/Auckland',
    'Asia/Kolkata',
    'Asia/Tokyo',
    'Africa/Casablanca',
    'Europe/Berlin',
    'America/Sao_Paulo',
    'America/New_York',
    'America/St_Johns',
  ])('comes once on each local day of a year in %s', (timeZone) => {
    const day = new Intl.DateTimeFormat('en-CA', { timeZone })
    const days: string[] = []
    for (let now = at('2026-01-01T00:00:00Z'); now < at('2027-01-01T00:00:00Z'); ) {
      now = deadlineBy({ by: '02:30', timeZone }, now)
      days.push(day.format(now))
    }
    expect(new Set(days).size).toBe(days.length)
    expect(days.length).toBeGreaterThanOrEqual(365)
    expect(days.length).toBeLessThanOrEqual(366)
  })
})

describe('an instant', () => {
  test('is itself', () => {
    const now = at('2026-11-22T15:00:00Z')
    expect(deadlineBy({ by: '2026-11-23T06:00:00+11:00' }, now)).toBe(at('2026-11-22T19:00:00Z'))
  })
})

describe('what can not be read', () => {
  test.each([
    [{ by: '25:00', timeZone: 'UTC' }, 'expected a time of the day such as 06:00'],
    [{ by: 'soon', timeZone: 'UTC' }, 'got "soon"'],
    [{ by: '06:00' }, 'by goes with timeZone'],
    [{ by: '06:00', timeZone: 'Mars/Base' }, 'expected a time zone such as Europe/Berlin'],
    [{ by: '2026-11-23T06:00:00Z', timeZone: 'UTC' }, 'a zone of its own'],
    [{ by: '2026-11-22T06:00:00Z' }, 'which is over'],
  ])('%j is refused', (wanted, message) => {
    const read = () => deadlineBy(wanted, at('2026-11-22T15:00:00Z'))
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(message)
  })
})
