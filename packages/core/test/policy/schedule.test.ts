import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_ENGINE_SETTINGS as defaults,
  type EngineSettings,
  scaleSettings,
} from '../../src/policy/engine-settings.js'
import { nextPollAt, restMs, sendMsOf } from '../../src/policy/schedule.js'

describe('nextPollAt', () => {
  test('stays within a fifth of the bounds and grows with age', () => {
    fc.assert(
      fc.property(
        fc.nat(86_400_000),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (age, jitter) => {
          const wait = nextPollAt({ startedAt: 0, jitter }, defaults, age) - age
          expect(wait).toBeGreaterThanOrEqual(defaults.pollMinMs * 0.8 - 1)
          expect(wait).toBeLessThanOrEqual(defaults.pollMaxMs * 1.2 + 1)
        },
      ),
    )
    const young = nextPollAt({ startedAt: 0, jitter: 0.5 }, defaults, 60_000) - 60_000
    const old = nextPollAt({ startedAt: 0, jitter: 0.5 }, defaults, 3_600_000) - 3_600_000
    expect([young, old]).toEqual([30_000, 300_000])
  })
})

describe('sendMsOf', () => {
  test('gives a large body the time of a slow line', () => {
    expect(sendMsOf(0, defaults)).toBe(60_000)
    expect(sendMsOf(250_000_000, defaults)).toBe(560_000)
  })
})

describe('scaleSettings', () => {
  test('keeps real floors under a fast clock, and never shortens a constant', () => {
    const scaled = scaleSettings(600)
    expect(scaled.leaseMs).toBe(600 * 10_000)
    expect(scaled.settleMs).toBe(defaults.settleMs)
    for (const name of Object.keys(defaults) as (keyof EngineSettings)[]) {
      if (name !== 'sendBytesPerMs') expect(scaled[name]).toBeGreaterThanOrEqual(defaults[name])
    }
    expect(sendMsOf(1_000_000, scaled) / 600).toBeGreaterThanOrEqual(5_000)
  })

  test('changes nothing for a clock that runs as the world does', () => {
    expect(scaleSettings(1)).toEqual(defaults)
  })
})

describe('restMs', () => {
  const facts = { failures: 0, idleRounds: 1, dueInMs: null, isShared: true }

  test('is short at first where others make work, and doubles up to the idle sleep', () => {
    const rests = [1, 2, 3, 4, 5, 6, 7, 2_000].map((idleRounds) =>
      restMs({ ...facts, idleRounds }, defaults),
    )
    expect(rests).toEqual([62.5, 125, 250, 500, 1_000, 2_000, 2_000, 2_000])
  })

  test('is the idle sleep where nobody else works', () => {
    expect(restMs({ ...facts, isShared: false }, defaults)).toBe(2_000)
  })

  test('ends when something is due, and not at once for what others have in hand', () => {
    const late = { ...facts, idleRounds: 20 }
    expect(restMs({ ...late, dueInMs: 700 }, defaults)).toBe(700)
    expect(restMs({ ...late, dueInMs: -5 }, defaults)).toBe(2_000)
  })

  test('grows with failures, whatever else is known', () => {
    const rests = [1, 2, 3, 4, 50].map((failures) =>
      restMs({ ...facts, failures, idleRounds: 0, dueInMs: -5 }, defaults),
    )
    expect(rests).toEqual([4_000, 8_000, 16_000, 30_000, 30_000])
  })
})
