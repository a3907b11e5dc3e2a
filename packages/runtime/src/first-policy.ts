import { DEFAULT_QUEUE_POLICY, type QueueName, type QueuePolicy, RUN_QUEUE } from '@halfrate/core'

/** The queue of deferred calls that name none. */
export const DEFERRED_QUEUE: QueueName = 'deferred' as QueueName

// A job is taken in whole, so there is nothing to wait for.
const AT_ONCE: QueuePolicy['flush'] = { count: 100_000, bytes: 200_000_000, ageMs: 0 }
// The calls of one stretch of a program follow each other, and somebody waits behind them.
const SOON: QueuePolicy['flush'] = { ...DEFAULT_QUEUE_POLICY.flush, ageMs: 10_000 }

const FIRST_FLUSHES: ReadonlyMap<QueueName, QueuePolicy['flush']> = new Map([
  [RUN_QUEUE, AT_ONCE],
  [DEFERRED_QUEUE, SOON],
])

/** What a queue's policy is before anything is set of it: that of jobs sends at once, that of deferred calls soon, and the others fill up. */
export function firstPolicyOf(queue: QueueName): QueuePolicy {
  const flush = FIRST_FLUSHES.get(queue)
  return flush === undefined ? DEFAULT_QUEUE_POLICY : { ...DEFAULT_QUEUE_POLICY, flush }
}

/** Whether a queue's first policy is one of its own, which has to stand in the store before something is put into it. */
export function hasFirstPolicy(queue: QueueName): boolean {
  return FIRST_FLUSHES.has(queue)
}
