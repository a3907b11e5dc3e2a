import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Breaker } from '../../../src/model/call-health.js'
import { MINUTE_MS, SECOND_MS } from '../../../src/model/time.js'
import {
  breakerGate,
  CLOSED,
  isPassingFailure,
  withAnswer,
  withFailure,
  withProbeOut,
} from '../../../src/policy/retry/breaker.js'
import { providerError } from './arrange.js'

const NOW = 5_000_000

function following(breaker: Breaker, calls: string, everyMs = 0): Breaker {
  return [...calls].reduce((state, call, index) => {
    const at = NOW + index * everyMs
    return call === 'x' ? withFailure(state, at) : (withAnswer(state, at) ?? state)
  }, breaker)
}

describe('a breaker', () => {
  test('opens at five failures in a row, and not at four', () => {
    expect(breakerGate(following(CLOSED, 'xxxx'), NOW)).toEqual({ type: 'pass' })
    expect(breakerGate(following(CLOSED, 'xxxx.x'), NOW)).toEqual({ type: 'pass' })
    expect(breakerGate(following(CLOSED, 'xxxxx'), NOW)).toEqual({
      type: 'wait',
      until: NOW + 30 * SECOND_MS,
    })
  })

  test('opens when more than half of twenty calls in a minute failed', () => {
    expect(breakerGate(following(CLOSED, 'x.'.repeat(10)), NOW).type).toBe('pass')
    expect(breakerGate(following(CLOSED, `${'x.'.repeat(9)}xx`), NOW).type).toBe('wait')
    // The same calls, spread over an hour.
    expect(breakerGate(following(CLOSED, `${'x.'.repeat(9)}xx`, 180_000), NOW).type).toBe('pass')
  })

  test('lets one probe through, whose failure opens it for longer and whose answer closes it', () => {
    const open = following(CLOSED, 'xxxxx')
    const later = NOW + 30 * SECOND_MS
    expect(breakerGate(open, later)).toEqual({ type: 'probe' })
    const probing = withProbeOut(open, later)
    expect(breakerGate(probing, later).type).toBe('wait')
    const reopened = withFailure(probing, later)
    expect(breakerGate(reopened, later)).toEqual({ type: 'wait', until: later + MINUTE_MS })
    expect(withAnswer(reopened, later)).toEqual(CLOSED)
  })

  test('has nothing to note while nothing fails', () => {
    expect(withAnswer(CLOSED, NOW)).toBeNull()
    expect(withAnswer(following(CLOSED, 'x'), NOW + 2 * MINUTE_MS)).toEqual(CLOSED)
  })

  test('is never closed for longer than ten minutes to a probe, whatever happens', () => {
    const calls = fc.array(fc.tuple(fc.constantFrom('x', '.', 'p'), fc.nat(120_000)))
    fc.assert(
      fc.property(calls, (steps) => {
        let state: Breaker = CLOSED
        let now = NOW
        for (const [call, ms] of steps) {
          now += ms
          if (call === 'x') state = withFailure(state, now)
          if (call === '.') state = withAnswer(state, now) ?? state
          if (call === 'p' && breakerGate(state, now).type === 'probe') {
            state = withProbeOut(state, now)
          }
          expect(breakerGate(state, now + 10 * MINUTE_MS).type).not.toBe('wait')
          if (call === '.') expect(breakerGate(state, now).type).toBe('pass')
        }
      }),
    )
  })
})

test('what passes by itself is trouble of the service; who says no works', () => {
  for (const status of [null, 408, 500, 502, 503, 504, 529]) {
    expect(isPassingFailure(providerError({ status }))).toBe(true)
  }
  for (const status of [400, 401, 402, 403, 404, 413, 429]) {
    expect(isPassingFailure(providerError({ status }))).toBe(false)
  }
})
