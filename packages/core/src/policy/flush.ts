import type { FlushRule, QueuePolicy, ScheduledFlush } from '../model/queue-policy.js'
import type { FlushByHand } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'

/** What is known of requests that could share batches. */
export interface FlushFacts {
  readonly count: number
  readonly bytes: number
  readonly oldestCreatedAt: EpochMs
  readonly batchLimit: number | null
  /** The schedule's first slot after the oldest was created; null where there is no schedule. */
  readonly nextSlotAt: EpochMs | null
}

/** Whether waiting requests become a batch now; else the instant at which time alone will do it, and by which rule. */
export type FlushDecision =
  | { readonly type: 'flush'; readonly because: 'count' | 'bytes' | 'age' | 'schedule' }
  | { readonly type: 'wait'; readonly until: EpochMs; readonly for: 'age' | 'schedule' }

/** Whether a rule goes by the clock on the wall. */
export function isScheduled(flush: FlushRule | ScheduledFlush): flush is ScheduledFlush {
  return 'schedule' in flush
}

/**
 * Applies a queue's flush rule: the first of count, bytes, age and schedule that is reached.
 *
 * The schedule's slot is the first after the oldest request came. So a slot that passed while nobody worked counts as soon
 * as somebody does, once for all that came before it; and nothing has to be remembered of it.
 */
export function decideFlush(facts: FlushFacts, policy: QueuePolicy, now: EpochMs): FlushDecision {
  const limits = limitsOf(policy)
  if (facts.count >= Math.min(limits.count, facts.batchLimit ?? limits.count)) {
    return { type: 'flush', because: 'count' }
  }
  if (facts.bytes >= limits.bytes) return { type: 'flush', because: 'bytes' }
  const next = nextByTime(facts, policy.flush, now)
  return now >= next.at
    ? { type: 'flush', because: next.by }
    : { type: 'wait', until: next.at, for: next.by }
}

// Whoever waits for a slot waits with a full batch too.
function limitsOf(policy: QueuePolicy): { readonly count: number; readonly bytes: number } {
  const { flush, maxBatchRequests, maxBatchBytes } = policy
  const { count = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY } = flush
  if (isScheduled(flush)) return { count, bytes }
  return { count: Math.min(count, maxBatchRequests), bytes: Math.min(bytes, maxBatchBytes) }
}

function nextByTime(
  facts: FlushFacts,
  { ageMs }: Partial<FlushRule>,
  now: EpochMs,
): { readonly at: EpochMs; readonly by: 'age' | 'schedule' } {
  const { batchLimit, oldestCreatedAt, nextSlotAt } = facts
  // Who travels with a limit has waited once already, and is part of a larger batch that was taken apart.
  if (batchLimit !== null) return { at: now, by: 'age' }
  const slotAt = nextSlotAt ?? Number.POSITIVE_INFINITY
  const oldAt = ageMs === undefined ? Number.POSITIVE_INFINITY : oldestCreatedAt + ageMs
  return oldAt <= slotAt ? { at: oldAt, by: 'age' } : { at: slotAt, by: 'schedule' }
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
