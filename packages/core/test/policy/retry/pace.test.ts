import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Pace } from '../../../src/model/call-health.js'
import { HOUR_MS, MINUTE_MS } from '../../../src/model/time.js'
import {
  FREE_PACE,
  nextCreateAt,
  type SlowDown,
  withBegun,
  withSlowDown as withNewSlowDown,
  withRoom,
  withTaken,
} from '../../../src/policy/retry/pace.js'

const NOW = 5_000_000

function withSlowDown(...args: Parameters<typeof withNewSlowDown>): Pace {
  return withNewSlowDown(...args) ?? args[0]
}

describe('the pace of an account', () => {
  test('obeys a wait, and then lets batches follow each other with a gap until one is taken', () => {
    const asked = withSlowDown(FREE_PACE, { type: 'wait', ms: 7_000 }, NOW)
    expect(nextCreateAt(asked)).toBe(NOW + 7_000)
    const begun = withBegun(asked, NOW + 7_000) as Pace
    expect(nextCreateAt(begun)).toBe(NOW + 12_000)
    expect(withTaken(begun)?.perMinute).toBeNull()
  })

  test('halves when it grows too fast, and grows by one with each batch that is taken', () => {
    const ramp: SlowDown = { type: 'ramp', ms: 1_000 }
    const once = withSlowDown(FREE_PACE, ramp, NOW)
    const twice = withSlowDown(once, ramp, NOW + 1)
    // The same refusal, told again.
    expect(withNewSlowDown(once, ramp, NOW)).toBeNull()
    expect([once.perMinute, twice.perMinute]).toEqual([6, 3])
    expect(withTaken(twice)?.perMinute).toBe(4)
  })

  test('waits for a batch to end when the line is full, at most for an hour', () => {
    const full = withSlowDown(FREE_PACE, { type: 'queue_full' }, NOW)
    expect(nextCreateAt(full)).toBe(NOW + HOUR_MS)
    expect(nextCreateAt(withRoom(full) as Pace)).toBe(0)
  })

  test('has nothing to note while nothing was asked', () => {
    const notes = [withBegun(FREE_PACE, NOW), withTaken(FREE_PACE), withRoom(FREE_PACE)]
    expect(notes).toEqual([null, null, null])
  })

  test('never waits for ever, and never longer than was asked for or an hour', () => {
    const asked = fc.oneof(
      fc.record({ type: fc.constantFrom('wait' as const, 'ramp' as const), ms: fc.nat(600_000) }),
      fc.constant({ type: 'queue_full' as const }),
      fc.constant('taken' as const),
      fc.constant('begun' as const),
    )
    fc.assert(
      fc.property(fc.array(asked, { maxLength: 60 }), (steps) => {
        let pace: Pace = FREE_PACE
        for (const [index, step] of steps.entries()) {
          if (step === 'taken') pace = withTaken(pace) ?? pace
          else if (step === 'begun') pace = withBegun(pace, NOW) ?? pace
          else pace = withSlowDown(pace, step, NOW - steps.length + index)
          expect(nextCreateAt(pace)).toBeLessThanOrEqual(NOW + HOUR_MS)
          if (pace.perMinute !== null) expect(pace.perMinute).toBeGreaterThanOrEqual(0.1)
          expect(pace.perMinute ?? 12).toBeLessThanOrEqual(12)
        }
      }),
    )
    expect(nextCreateAt({ ...FREE_PACE, perMinute: 0.1, lastAt: NOW })).toBe(NOW + 10 * MINUTE_MS)
  })
})
