import {
  type Attempt,
  type AttemptRef,
  assertRequestMove,
  type NanoUsd,
  type RequestId,
  UNSENT_STATES,
  type Verdict,
} from '@halfrate/core'
import type { Step } from '../step.js'
import { changeAttempt, changeRequest, changeSubmission } from './change.js'
import { liveAttempts } from './load-requests.js'

/** Whether an attempt is in a submission of which no byte was sent. */
export function isUnsent(step: Step, attempt: Attempt): boolean {
  return UNSENT_STATES.includes(step.submissions.need(attempt.submissionId).submission.state)
}

/** Takes an attempt out of an unsent submission, whose count, bytes and hold go down with it. */
export function withdraw(step: Step, attempt: Attempt): void {
  changeAttempt(step, attempt, { withdrawn: true, releasedAt: step.now })
  const { submission } = step.submissions.need(attempt.submissionId)
  changeSubmission(step, submission.id, {
    requestCount: submission.requestCount - 1,
    itemsBytes: submission.itemsBytes - attempt.itemBytes,
    holdNano: (submission.holdNano - (attempt.holdNano ?? 0)) as NanoUsd,
  })
}

/** Ends a request, and takes it out of every submission in which it has not been sent yet. */
export function finish(
  step: Step,
  requestId: RequestId,
  end: { readonly verdict: Verdict; readonly result: AttemptRef | null },
): void {
  assertRequestMove(step.requests.need(requestId).request.state, 'done')
  changeRequest(step, requestId, { ...end, state: 'done', doneAt: step.now })
  step.ended.add(requestId)
  for (const attempt of liveAttempts(step, requestId)) {
    if (isUnsent(step, attempt)) withdraw(step, attempt)
  }
}
