import { DEFAULT_QUEUE_POLICY, type QueueName, type QueuePolicy, RUN_QUEUE } from '@halfrate/core'

// A job is taken in whole, so there is nothing to wait for.
const AT_ONCE: QueuePolicy['flush'] = { count: 100_000, bytes: 200_000_000, ageMs: 0 }

/** What a queue's policy is before anything is set of it: that of jobs sends at once, and the others fill up. */
export function firstPolicyOf(queue: QueueName): QueuePolicy {
  return queue === RUN_QUEUE ? { ...DEFAULT_QUEUE_POLICY, flush: AT_ONCE } : DEFAULT_QUEUE_POLICY
}
