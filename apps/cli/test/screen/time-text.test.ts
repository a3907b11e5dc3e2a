import { describe, expect, test } from 'vitest'
import { durationText, instantInFull, instantText } from '../../src/screen/time-text.js'

const at = (text: string): number => Date.parse(text)
const now = at('2026-11-21T02:16:30Z')

describe('an instant', () => {
  test('of today is the time alone, rounded up when it is to come', () => {
    expect(instantText(at('2026-11-21T02:30:01Z'), now, 'UTC')).toBe('02:31')
    expect(instantText(at('2026-11-21T02:10:59Z'), now, 'UTC')).toBe('02:10')
  })

  test('of another day says which', () => {
    expect(instantText(at('2026-11-22T02:03:00Z'), now, 'UTC')).toBe('tomorrow 02:03')
    expect(instantText(at('2026-11-20T23:59:00Z'), now, 'UTC')).toBe('yesterday 23:59')
    expect(instantText(at('2026-11-24T12:00:00Z'), now, 'UTC')).toBe('Nov 24 12:00')
  })

  test('is told in the reader’s own zone', () => {
    expect(instantText(at('2026-11-21T14:30:00Z'), now, 'Australia/Sydney')).toBe('tomorrow 01:30')
    expect(instantInFull(at('2026-11-21T14:30:09Z'), 'Australia/Sydney')).toBe(
      '2026-11-22 01:30:09',
    )
  })
})

test('a span has at most two units', () => {
  const spans = [-5, 900, 8_000, 59_999, 60_000, 840_000, 4_800_000, 3_600_000, 187_200_000]
  expect(spans.map(durationText)).toEqual([
    '0 s',
    '0 s',
    '8 s',
    '59 s',
    '1 min',
    '14 min',
    '1 h 20 min',
    '1 h',
    '2 d 4 h',
  ])
})
