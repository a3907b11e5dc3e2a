import { expect, test } from 'vitest'
import { sinceFlag } from '../../src/flags/since-flag.js'

const NOW = Date.UTC(2026, 10, 22, 12)
const since = (text: string): number => sinceFlag('--since')(text)(NOW)

test('a span counts back from now, a day from its beginning here, an instant is itself', () => {
  expect(since('12h')).toBe(Date.UTC(2026, 10, 22))
  expect(since('2026-11-20')).toBe(new Date(2026, 10, 20).getTime())
  expect(since('2026-11-20T06:00:00+01:00')).toBe(Date.UTC(2026, 10, 20, 5))
})

test('anything else is refused', () => {
  for (const text of ['', 'yesterday', '2026-02-30', '2026-11-20T06:00:00', '99d', '3 d']) {
    expect(() => since(text), text).toThrow(/^--since: expected a time/)
  }
})
