import type { QueuePolicy } from '../model/queue-policy.js'
import type { FlushByHand } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'

/** What is known of requests that could share batches. */
export interface FlushFacts {
  readonly count: number
  readonly bytes: number
  readonly oldestCreatedAt: EpochMs
  readonly batchLimit: number | null
}

/** Whether waiting requests become a batch now; else the instant at which their age alone will do it. */
export type FlushDecision =
  | { readonly type: 'flush'; readonly because: 'count' | 'bytes' | 'age' }
  | { readonly type: 'wait'; readonly until: EpochMs }

/** Applies a queue's flush rule: the first of count, bytes and age that is reached. */
export function decideFlush(facts: FlushFacts, policy: QueuePolicy, now: EpochMs): FlushDecision {
  const { flush } = policy
  const enough = Math.min(flush.count, facts.batchLimit ?? flush.count, policy.maxBatchRequests)
  if (facts.count >= enough) return { type: 'flush', because: 'count' }
  if (facts.bytes >= Math.min(flush.bytes, policy.maxBatchBytes))
    return { type: 'flush', because: 'bytes' }
  // Who travels with a limit has waited once already, and is part of a larger batch that was taken apart.
  const until = facts.batchLimit === null ? facts.oldestCreatedAt + flush.ageMs : now
  return now >= until ? { type: 'flush', because: 'age' } : { type: 'wait', until }
}

/**
 * When waiting requests may become a batch: at once when the flush rule says so, or when somebody said it of the oldest
 * of them, since that one goes with all that can share its batch.
 */
export function flushDueAt(
  decision: FlushDecision,
  facts: Pick<FlushFacts, 'oldestCreatedAt'>,
  byHand: FlushByHand | null,
  now: EpochMs,
): EpochMs {
  if (decision.type === 'flush') return now
  return byHand !== null && facts.oldestCreatedAt <= byHand.upTo ? now : decision.until
}
