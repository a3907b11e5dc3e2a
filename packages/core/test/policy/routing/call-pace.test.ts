import { describe, expect, test } from 'vitest'
import type { SubmissionId } from '../../../src/index.js'
import type { CallPace } from '../../../src/model/call-pace.js'
import {
  FREE_CALL_PACE,
  takeSlot,
  withLimits,
  withoutSlot,
  withWait,
} from '../../../src/policy/routing/call-pace.js'

const NOW = 1_000_000

function call(id: number, most = 2): Parameters<typeof takeSlot>[1] {
  return { submissionId: id as SubmissionId, until: NOW + 60_000, most }
}

function begun(pace: CallPace, id: number, now = NOW): CallPace {
  const answer = takeSlot(pace, call(id), now)
  if (answer.type !== 'begin') throw new Error(`Call ${id} waits until ${answer.until}.`)
  return answer.pace
}

describe('calls at once', () => {
  test('are no more than the account may have, and one more when one ends', () => {
    const full = begun(begun(FREE_CALL_PACE, 1), 2)
    expect(takeSlot(full, call(3), NOW)).toEqual({ type: 'wait', until: null })
    const freed = withoutSlot(full, 1 as SubmissionId) ?? FREE_CALL_PACE
    expect(takeSlot(freed, call(3), NOW).type).toBe('begin')
    expect(withoutSlot(freed, 1 as SubmissionId)).toBeNull()
  })

  test('do not count what a worker left behind once its time is over', () => {
    const full = begun(begun(FREE_CALL_PACE, 1), 2)
    expect(takeSlot(full, call(3), NOW + 60_000).type).toBe('begin')
  })

  test('count a call once, however often it asks', () => {
    const one = begun(begun(FREE_CALL_PACE, 1), 1)
    expect(one.slots).toHaveLength(1)
  })
})

describe('what the provider says', () => {
  test('a wait is obeyed, and a shorter one does not end it', () => {
    const pace = withWait(withWait(FREE_CALL_PACE, 30_000, NOW), 1_000, NOW)
    expect(takeSlot(pace, call(1), NOW + 29_999)).toEqual({ type: 'wait', until: NOW + 30_000 })
    expect(takeSlot(pace, call(1), NOW + 30_000).type).toBe('begin')
  })

  test('its clock may be any: only how far a reset lies ahead counts', () => {
    const serverAt = NOW + 777_000
    const limits = { inputTokens: { remaining: 0, resetAt: serverAt + 20_000 } }
    const pace = withLimits(FREE_CALL_PACE, { limits, serverAt }, NOW)
    expect(takeSlot(pace, call(1), NOW)).toEqual({ type: 'wait', until: NOW + 20_000 })
    expect(takeSlot(pace, call(1), NOW + 20_000).type).toBe('begin')
  })

  test.each(['requests', 'tokens', 'inputTokens', 'outputTokens'] as const)(
    'of %s it left something, so a call may begin',
    (name) => {
      const said = (remaining: number) => ({
        limits: { [name]: { remaining, resetAt: NOW + 5_000 } },
        serverAt: NOW,
      })
      expect(takeSlot(withLimits(FREE_CALL_PACE, said(1), NOW), call(1), NOW).type).toBe('begin')
      expect(takeSlot(withLimits(FREE_CALL_PACE, said(0), NOW), call(1), NOW).type).toBe('wait')
    },
  )

  test('the requests it left are counted down by the calls that begin', () => {
    const limits = { requests: { remaining: 1, resetAt: NOW + 5_000 } }
    const pace = withLimits(FREE_CALL_PACE, { limits, serverAt: NOW }, NOW)
    const one = begun(pace, 1)
    expect(takeSlot(one, call(2), NOW)).toEqual({ type: 'wait', until: NOW + 5_000 })
    expect(takeSlot(one, call(2), NOW + 5_000).type).toBe('begin')
  })

  test('a reset a year ahead is taken for a mistake', () => {
    const limits = { tokens: { remaining: 0, resetAt: NOW + 365 * 86_400_000 } }
    const pace = withLimits(FREE_CALL_PACE, { limits, serverAt: NOW }, NOW)
    expect(takeSlot(pace, call(1), NOW)).toEqual({ type: 'wait', until: NOW + 86_400_000 })
  })
})
