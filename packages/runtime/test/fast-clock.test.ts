import { ConfigError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { parseFastClock, refuseFastClockAtProvider, virtualInstant } from '../src/fast-clock.js'

const CLOCK = { origin: 1_000, start: 50_000, factor: 600 }

describe('a fast clock', () => {
  test('shows its start at its origin and runs by its factor from there', () => {
    expect(virtualInstant(CLOCK, 1_000)).toBe(50_000)
    expect(virtualInstant(CLOCK, 1_010)).toBe(56_000)
  })

  test('is the real one when there is none', () => {
    expect(virtualInstant(null, 1_234)).toBe(1_234)
  })

  test('is read from its JSON and from a whole start line', () => {
    const line = { url: 'http://127.0.0.1:1', clock: CLOCK, seed: 1, pid: 2 }
    expect(parseFastClock(JSON.stringify(CLOCK))).toEqual(CLOCK)
    expect(parseFastClock(JSON.stringify(line))).toEqual(CLOCK)
  })

  test.each([
    ['{', 'a JSON object'],
    ['[]', 'a JSON object'],
    ['{"start":1,"factor":1}', 'origin to be a number of at least 0, got nothing'],
    ['{"origin":1,"start":"x","factor":1}', 'start to be a number of at least 0, got "x"'],
    ['{"origin":1,"start":1,"factor":0}', 'factor to be a number above 0, got 0'],
  ])('refuses %s', (text, problem) => {
    expect(() => parseFastClock(text)).toThrow(problem)
    expect(() => parseFastClock(text)).toThrow(ConfigError)
  })

  test('is refused for the provider’s own host and for no other', () => {
    const at = (url: string) => () => refuseFastClockAtProvider(CLOCK, new URL(url))
    expect(at('https://api.anthropic.com')).toThrow(ConfigError)
    expect(at('http://127.0.0.1:8080')).not.toThrow()
    expect(() =>
      refuseFastClockAtProvider(null, new URL('https://api.anthropic.com')),
    ).not.toThrow()
  })
})
