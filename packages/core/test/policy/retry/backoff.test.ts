import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Nonce } from '../../../src/model/ids.js'
import { nonceFrom } from '../../../src/policy/custom-id.js'
import { backoffMs, jitterOf } from '../../../src/policy/retry/backoff.js'

const BOUNDS = { baseMs: 30_000, capMs: 3_600_000 }

describe('full jitter', () => {
  test('doubles its ceiling with every failure, up to the cap', () => {
    const ceilings = [0, 1, 2, 6, 7, 1_000].map((failures) =>
      backoffMs({ ...BOUNDS, failures, jitter: 1 }),
    )

    expect(ceilings).toEqual([30_000, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000])
  })

  test('is whole, never negative, under its cap, and grows with failures and jitter', () => {
    const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(fc.nat(2_000), jitter, jitter, (failures, one, other) => {
        const wait = backoffMs({ ...BOUNDS, failures, jitter: one })
        expect(Number.isSafeInteger(wait)).toBe(true)
        expect(wait).toBeGreaterThanOrEqual(0)
        expect(wait).toBeLessThan(BOUNDS.capMs)
        const later = backoffMs({ ...BOUNDS, failures: failures + 1, jitter: one })
        expect(later).toBeGreaterThanOrEqual(wait)
        const more = backoffMs({ ...BOUNDS, failures, jitter: Math.max(one, other) })
        expect(more).toBeGreaterThanOrEqual(wait)
      }),
    )
  })

  test('takes numbers out of range as the nearest end', () => {
    expect(backoffMs({ ...BOUNDS, failures: -3, jitter: 2 })).toBe(30_000)
    expect(backoffMs({ ...BOUNDS, failures: 0, jitter: -1 })).toBe(0)
  })
})

describe("a submission's jitter", () => {
  test('lies from 0 to below 1 and is the same for the same nonce', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 9, maxLength: 9 }), (bytes) => {
        const jitter = jitterOf(nonceFrom(bytes))
        expect(jitter).toBeGreaterThanOrEqual(0)
        expect(jitter).toBeLessThan(1)
        expect(jitterOf(nonceFrom(bytes))).toBe(jitter)
      }),
    )
  })

  test('is spread evenly', () => {
    expect(jitterOf(`zzz${'z'.repeat(10)}` as Nonce)).toBeCloseTo(1, 10)
    expect(jitterOf(`zzzg${'0'.repeat(9)}` as Nonce)).toBe(0.5)
    expect(jitterOf('?' as Nonce)).toBe(0)
  })
})
