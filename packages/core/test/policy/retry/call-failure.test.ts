import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ProviderError } from '../../../src/model/provider-error.js'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import { type CallRetry, classifyCallFailure } from '../../../src/policy/retry/call-failure.js'
import { providerError } from './arrange.js'

function classify(error: Partial<ProviderError>, failures = 0, jitter = 0.5): CallRetry {
  return classifyCallFailure(providerError(error), { failures, jitter })
}

describe('a call that failed', () => {
  test.each<[string, Partial<ProviderError>, number, CallRetry]>([
    ['no answer', { status: null }, 0, { kind: 'passing', retryInMs: 500 }],
    ['no answer, often', { status: null }, 50, { kind: 'passing', retryInMs: 30_000 }],
    ['500', { status: 500, type: 'api_error' }, 3, { kind: 'passing', retryInMs: 4_000 }],
    ['502 of a proxy', { status: 502 }, 0, { kind: 'passing', retryInMs: 500 }],
    ['529, often', { status: 529 }, 50, { kind: 'passing', retryInMs: 300_000 }],
    ['408', { status: 408 }, 0, { kind: 'passing', retryInMs: 500 }],
    ['409', { status: 409 }, 0, { kind: 'passing', retryInMs: 500 }],
    ['429', { status: 429 }, 0, { kind: 'passing', retryInMs: 500 }],
    [
      '429 with a wait',
      { status: 429, retryAfterMs: 9_000 },
      0,
      { kind: 'asked', retryInMs: 9_500 },
    ],
    [
      '503 with a wait',
      { status: 503, retryAfterMs: 1e15 },
      0,
      { kind: 'asked', retryInMs: DAY_MS + 500 },
    ],
    ['401', { status: 401 }, 0, { kind: 'account', retryInMs: 5 * MINUTE_MS }],
    ['402', { status: 402 }, 0, { kind: 'account', retryInMs: 15 * MINUTE_MS }],
    [
      '403 with a wait',
      { status: 403, retryAfterMs: HOUR_MS },
      0,
      { kind: 'account', retryInMs: HOUR_MS },
    ],
    [
      'a spend cap',
      { status: 429, code: 'enforced_spend_limit_reached' },
      0,
      { kind: 'account', retryInMs: HOUR_MS },
    ],
    ['400', { status: 400 }, 0, { kind: 'unexpected', retryInMs: 15 * MINUTE_MS }],
    ['422', { status: 422 }, 0, { kind: 'unexpected', retryInMs: 15 * MINUTE_MS }],
  ])('(%s) is made again', (_, error, failures, retry) => {
    expect(classify(error, failures)).toEqual(retry)
  })

  test('is always made again, in whole milliseconds, in time, and no earlier than asked', () => {
    const error = fc.record({
      status: fc.option(fc.integer({ min: 300, max: 599 })),
      retryAfterMs: fc.option(fc.oneof(fc.double(), fc.nat(DAY_MS))),
    })
    const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(error, fc.nat(5_000), jitter, (said, failures, drawn) => {
        const { kind, retryInMs } = classify(said, failures, drawn)
        expect(Number.isSafeInteger(retryInMs)).toBe(true)
        expect(retryInMs).toBeGreaterThanOrEqual(0)
        expect(retryInMs).toBeLessThanOrEqual(DAY_MS + 10 * MINUTE_MS)
        const asked = Math.min(DAY_MS, said.retryAfterMs ?? 0)
        if (kind === 'asked') expect(retryInMs).toBeGreaterThanOrEqual(asked)
        if (kind === 'passing') expect(retryInMs).toBeLessThan(10 * MINUTE_MS)
      }),
    )
  })

  test('is made again later the more often it failed', () => {
    const waits = Array.from(
      { length: 30 },
      (_, failures) => classify({}, failures, 0.99).retryInMs,
    )

    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(Math.max(...waits)).toBeLessThan(MINUTE_MS)
  })
})
