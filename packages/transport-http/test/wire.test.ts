import { DAY_MS } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { createHttpTransport } from '../src/index.js'
import { readInstant } from '../src/wire/instant.js'
import { readRetryAfter } from '../src/wire/retry-after.js'

describe('an instant', () => {
  test.each([
    ['2026-11-21T12:00:00Z', Date.UTC(2026, 10, 21, 12)],
    ['2026-11-21T12:00:00.999999Z', Date.UTC(2026, 10, 21, 12, 0, 0, 999)],
    ['2026-11-21T12:00:00.5+00:00', Date.UTC(2026, 10, 21, 12, 0, 0, 500)],
    ['2026-11-21t07:00:00.123456789-05:00', Date.UTC(2026, 10, 21, 12, 0, 0, 123)],
  ])('%s is read, and cut to milliseconds', (text, at) => {
    expect(readInstant(text)).toBe(at)
  })

  test.each(['', 'now', '2026-11-21', '2026-11-21T12:00:00', '2026-13-41T12:00:00Z', '1795262400'])(
    '"%s" is none',
    (text) => {
      expect(readInstant(text)).toBeNull()
    },
  )
})

describe('how long to wait', () => {
  const serverAt = Date.UTC(2026, 10, 21, 12)
  test.each<[Record<string, string>, number | null]>([
    [{}, null],
    [{ 'retry-after': '10' }, 10_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after-ms': '1500.5' }, 1_501],
    [{ 'retry-after-ms': '200', 'retry-after': '10' }, 200],
    [{ 'retry-after-ms': 'soon', 'retry-after': '10' }, 10_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 12:01:00 GMT' }, 60_000],
    [{ 'retry-after': 'Sat, 21 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after': '1e99' }, null],
    [{ 'retry-after': '99999999999999' }, 31 * DAY_MS],
  ])('%j says %s', (headers, ms) => {
    expect(readRetryAfter(new Headers(headers), serverAt)).toBe(ms)
  })
})

describe('options', () => {
  const good = { accounts: () => ({ baseUrl: 'http://127.0.0.1' }), now: () => 0 }
  test.each([
    ['timeouts.readMs', { timeouts: { readMs: 0 } }],
    ['timeouts.answerMs', { timeouts: { answerMs: 1.5 } }],
    ['idleTimeoutMs', { idleTimeoutMs: 600_000 }],
    ['maxLineBytes', { maxLineBytes: Number.NaN }],
  ])('%s out of range is said so', (name, over) => {
    expect(() => createHttpTransport({ ...good, ...over })).toThrow(
      `${name}: expected a whole number from 1`,
    )
  })
})
