import {
  type AttemptLife,
  laneOf,
  type NanoUsd,
  type Request,
  type RequestLife,
  type SubmissionState,
} from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { SIM_PRICE_BOOK } from '../scenario/prices.js'

const OVER: readonly SubmissionState[] = ['collected', 'lost', 'rejected', 'dissolved']

/**
 * What an attempt counts against a cap. What was given up and turned up, or was made twice, is booked whatever the cap is.
 */
export function usedBy(life: RequestLife, each: AttemptLife): number {
  const { attempt, submission } = each
  if (submission.orphan || submission.twinOf !== null) return 0
  const isUnderWay =
    attempt.outcome === null &&
    attempt.releasedAt === null &&
    !attempt.withdrawn &&
    !OVER.includes(submission.state)
  if (isUnderWay) return holdOfAttempt(life, each) ?? Infinity
  return paidBy(life, each) ?? Infinity
}

/** What an attempt came to; null for a cost that nobody knows. */
export function paidBy(life: RequestLife, each: AttemptLife): number | null {
  const { attempt } = each
  if (attempt.outcome === 'succeeded') return attempt.costNano ?? holdOfAttempt(life, each)
  return attempt.possiblyPaid ? holdOfAttempt(life, each) : 0
}

// By the lane that it goes in: a call beside a batch goes in another one than its request.
// What another body than the request's of now asked for stands in no size of it.
function holdOfAttempt(
  { request }: RequestLife,
  { attempt, submission }: AttemptLife,
): NanoUsd | null {
  if (attempt.bodyId !== request.bodyId) return attempt.holdNano
  return holdNanoOf({ ...request, lane: submission.lane })
}

/** The most that one attempt of a request can cost, by its sizes; null for an unknown price. */
export function holdNanoOf({ model, maxTokens, itemBytes, lane }: Request): NanoUsd | null {
  const { route } = laneOf(lane)
  return holdOf({ model, maxTokens, itemBytes, route, at: 0, book: SIM_PRICE_BOOK })
}
