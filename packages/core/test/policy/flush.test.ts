import { describe, expect, test } from 'vitest'
import { DEFAULT_QUEUE_POLICY, type QueuePolicy } from '../../src/model/queue-policy.js'
import { decideFlush, type FlushFacts, flushDueAt } from '../../src/policy/flush.js'

const policy: QueuePolicy = {
  ...DEFAULT_QUEUE_POLICY,
  flush: { count: 100, bytes: 1_000, ageMs: 60_000 },
}
const facts: FlushFacts = {
  count: 1,
  bytes: 10,
  oldestCreatedAt: 0,
  batchLimit: null,
  nextSlotAt: null,
}

describe('decideFlush', () => {
  test.each([
    ['enough requests wait', { ...facts, count: 100 }, 'count'],
    ['enough bytes wait', { ...facts, bytes: 1_000 }, 'bytes'],
    [
      'as many wait as their own limit allows in one batch',
      { ...facts, count: 10, batchLimit: 10 },
      'count',
    ],
  ] as const)('flushes when %s', (_name, given, because) => {
    expect(decideFlush(given, policy, 1)).toEqual({ type: 'flush', because })
  })

  test('flushes at the very millisecond at which the oldest is old enough, and not before', () => {
    expect(decideFlush(facts, policy, 59_999)).toEqual({
      ...{ type: 'wait', until: 60_000, for: 'age' },
    })
    expect(decideFlush(facts, policy, 60_000)).toEqual({ type: 'flush', because: 'age' })
  })

  test('who travels with a limit of its own has waited already', () => {
    expect(decideFlush({ ...facts, batchLimit: 10 }, policy, 1)).toEqual({
      type: 'flush',
      because: 'age',
    })
  })

  test('an age of 0 means now', () => {
    const now = { ...policy, flush: { ...policy.flush, ageMs: 0 } }
    expect(decideFlush({ ...facts, oldestCreatedAt: 5 }, now, 5)).toEqual({
      type: 'flush',
      because: 'age',
    })
  })

  describe('by a schedule', () => {
    const nightly: QueuePolicy = {
      ...policy,
      ...{ maxBatchRequests: 50, maxBatchBytes: 500 },
      flush: { schedule: '0 2 * * *', timeZone: 'Europe/Berlin' },
    }
    const waiting = { ...facts, nextSlotAt: 7_200_000 }

    test('waits for the first slot after the oldest came, and flushes at it', () => {
      expect(decideFlush(waiting, nightly, 7_199_999)).toEqual({
        ...{ type: 'wait', until: 7_200_000, for: 'schedule' },
      })
      expect(decideFlush(waiting, nightly, 7_200_000)).toEqual({
        ...{ type: 'flush', because: 'schedule' },
      })
    })

    test('flushes at once when the slot passed while nobody worked', () => {
      expect(decideFlush(waiting, nightly, 99_000_000)).toMatchObject({ because: 'schedule' })
    })

    test('waits with more than a batch holds', () => {
      const full = { ...waiting, count: 120, bytes: 90_000 }
      expect(decideFlush(full, nightly, 1)).toMatchObject({ type: 'wait', until: 7_200_000 })
    })

    test('takes the members that are beside it for what they say', () => {
      const flush = { schedule: '0 2 * * *', timeZone: 'Europe/Berlin', count: 100, ageMs: 60_000 }
      const early = { ...nightly, flush }
      expect(decideFlush({ ...waiting, count: 100 }, early, 1)).toMatchObject({ because: 'count' })
      expect(decideFlush(waiting, early, 1)).toMatchObject({ until: 60_000, for: 'age' })
      const old = { ...waiting, oldestCreatedAt: 7_150_000 }
      expect(decideFlush(old, early, 7_150_001)).toMatchObject({
        until: 7_200_000,
        for: 'schedule',
      })
    })

    test('who travels with a limit of its own goes at once', () => {
      expect(decideFlush({ ...waiting, batchLimit: 10 }, nightly, 1).type).toBe('flush')
    })
  })
})

describe('flushDueAt', () => {
  const later = { type: 'wait', until: 60_000, for: 'age' } as const

  test('is the instant of the flush rule when nobody said anything', () => {
    expect(flushDueAt(later, facts, null, 5)).toBe(60_000)
    expect(flushDueAt({ type: 'flush', because: 'age' }, facts, null, 5)).toBe(5)
  })

  test('is now when somebody said it after the oldest was taken in, and not for what came later', () => {
    expect(flushDueAt(later, { oldestCreatedAt: 3 }, { upTo: 3 }, 5)).toBe(5)
    expect(flushDueAt(later, { oldestCreatedAt: 4 }, { upTo: 3 }, 5)).toBe(60_000)
  })
})
