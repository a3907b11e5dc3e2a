import { isScheduled, type QueuePolicy } from '@halfrate/core'
import { queueFiguresOf } from './queue-figures.js'
import type { QueueFacts } from './queues-screen.js'

/** A queue for programs. */
export function queueObject({ overview, policy, pause }: QueueFacts): object {
  const { waiting, atClaude, answerLost } = queueFiguresOf(overview)
  return {
    queue: overview.queue,
    waiting,
    oldest_waiting_at: instantOf(overview.oldestWaitingAt),
    at_claude: atClaude,
    answer_lost: answerLost,
    paused: pause === null ? null : { since: instantOf(pause.since), note: pause.note },
    policy: policyObject(policy),
  }
}

/** A queue's policy for programs. */
export function policyObject(policy: QueuePolicy): object {
  const { flush } = policy
  return {
    flush_count: flush.count ?? null,
    flush_bytes: flush.bytes ?? null,
    flush_age_ms: flush.ageMs ?? null,
    flush_schedule: isScheduled(flush) ? flush.schedule : null,
    flush_time_zone: isScheduled(flush) ? flush.timeZone : null,
    max_batch_requests: policy.maxBatchRequests,
    max_batch_bytes: policy.maxBatchBytes,
    deadline_batch_requests: policy.deadlineBatchRequests,
    on_lost_answer: policy.onLostAnswer,
    max_failures: policy.maxFailures,
    give_up_after_ms: policy.giveUpAfterMs,
    accept: policy.accept,
    raise_max_tokens_to: policy.raiseMaxTokensTo,
    continue_at_most: policy.continueAtMost,
    ask_refused_of: policy.askRefusedOf,
    output_schema: policy.outputSchema,
    canary: policy.canary,
    primer_wait_ms: policy.primerWaitMs,
    cache_prefix: policy.cachePrefix,
    routing: policy.routing,
    when_few: policy.whenFew,
    few_a_day: policy.fewADay,
    batch_percent: policy.batchPercent,
    rescue: policy.rescue,
    key_tails: policy.keyTails,
  }
}

function instantOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
