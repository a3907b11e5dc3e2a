import type { Attempt } from '../../model/attempt.js'
import type { AnswerUse, CostRow } from '../../model/cost-row.js'
import { laneOf } from '../../model/lane.js'
import type { Request } from '../../model/request.js'
import type { Submission } from '../../model/submission.js'
import type { EpochMs } from '../../model/time.js'
import { isHedge } from '../hedging.js'
import { costInRealTime } from './cost-in-real-time.js'

/**
 * The instant to which the cost of a batch belongs: when the provider ended it.
 *
 * Only then are its answers final and its requests known to be billed or not, and the provider's reports are told by the
 * same clock. Of a batch that was never seen to end it is when its send began, which is where the money went if it did.
 *
 * Source: fact sheet sections 7 and 11, 2026-11-21; no document says in which bucket of a report a batch falls.
 */
export function billedAt(
  batch: Pick<Submission, 'remoteEndedAt' | 'endedAt' | 'sendStartedAt' | 'openedAt'>,
): EpochMs {
  return batch.remoteEndedAt ?? batch.endedAt ?? batch.sendStartedAt ?? batch.openedAt
}

/** Whether an attempt is a row of costs: it has an outcome, or may have been paid without one. */
export function isCost(attempt: Pick<Attempt, 'outcome' | 'possiblyPaid'>): boolean {
  return attempt.outcome !== null || attempt.possiblyPaid
}

/** What the row of an attempt is made of. */
export interface CostParts {
  readonly attempt: Attempt
  readonly request: Request
  readonly batch: Submission
  /** Null for a request outside of jobs. */
  readonly jobName: string | null
}

/** Makes the row of an attempt, for stores to answer. */
export function costRowOf({ attempt, request, batch, jobName }: CostParts): CostRow {
  return {
    submissionId: attempt.submissionId,
    ordinal: attempt.ordinal,
    requestId: attempt.requestId,
    jobId: request.jobId,
    jobName,
    queue: request.queue,
    account: batch.account,
    route: isHedge(batch) ? 'hedge' : laneOf(batch.lane).route,
    workspaceId: batch.look?.workspaceId ?? null,
    labels: request.labels,
    model: attempt.model ?? request.model,
    remoteId: batch.remoteId,
    billedAt: billedAt(batch),
    outcome: attempt.outcome,
    usage: attempt.usage,
    costNano: attempt.costNano,
    realtimeNano: costInRealTime(attempt),
    holdNano: attempt.holdNano,
    use: attempt.outcome === 'succeeded' ? useOf(attempt, request) : null,
    possiblyPaid: attempt.possiblyPaid,
    isNewest: attempt.number === request.attemptCount,
  }
}

function useOf(attempt: Attempt, { state, verdict, result }: Request): AnswerUse {
  if (attempt.waste) return 'paid_twice'
  if (state !== 'done') return 'used'
  const isItsAnswer =
    result?.submissionId === attempt.submissionId && result.ordinal === attempt.ordinal
  return isItsAnswer && verdict?.status === 'succeeded' ? 'used' : 'not_used'
}
