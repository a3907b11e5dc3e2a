import type { Attempt, Request, RequestId, Submission, SubmissionId } from '@halfrate/core'
import type { Step } from '../step.js'
import { nameOf, refOf, type StoredAttempt } from './stored-attempt.js'
import type { StoredRequest } from './stored-request.js'
import { counting } from './stored-submission.js'

/** Changes columns of a request, and of what the store knows of it. */
export function changeRequest(
  step: Step,
  id: RequestId,
  changes: Partial<Request>,
  stored: Partial<Omit<StoredRequest, 'request'>> = {},
): void {
  const row = step.requests.need(id)
  step.requests.set(id, { ...row, ...stored, request: { ...row.request, ...changes } })
}

/** Changes columns of a submission and answers it. */
export function changeSubmission(
  step: Step,
  id: SubmissionId,
  changes: Partial<Submission>,
): Submission {
  const row = step.submissions.need(id)
  const submission = { ...row.submission, ...changes }
  step.submissions.set(id, { ...row, submission })
  return submission
}

/** Changes columns of an attempt; the sums of its submission go with it. */
export function changeAttempt(
  step: Step,
  attempt: Attempt,
  changes: Partial<Attempt>,
  stored: Partial<Omit<StoredAttempt, 'attempt'>> = {},
): void {
  const name = nameOf(refOf(attempt))
  const row = step.attempts.need(name)
  const after = { ...row.attempt, ...changes }
  step.attempts.set(name, { ...row, ...stored, attempt: after })
  const submission = step.submissions.need(attempt.submissionId)
  step.submissions.set(attempt.submissionId, counting(submission, row.attempt, after))
}

/** Adds an attempt to a request and to the end of its submission, both of which were loaded. */
export function addAttempt(
  step: Step,
  attempt: Omit<Attempt, 'ordinal' | 'number'>,
  prefixId: number,
): Attempt {
  const submission = step.submissions.need(attempt.submissionId)
  const request = step.requests.need(attempt.requestId)
  const number = request.request.attemptCount + 1
  const added: Attempt = { ...attempt, ordinal: submission.ordinals, number }
  step.attempts.set(nameOf(refOf(added)), { attempt: added, prefixId, digest: null })
  step.submissions.set(attempt.submissionId, counting(submission, null, added))
  const attempts = [...request.attempts, refOf(added)]
  changeRequest(step, attempt.requestId, { attemptCount: number }, { attempts })
  return added
}

/** What an attempt begins as; whose it is and what it sends is added. */
export const NEW_ATTEMPT: Omit<
  Attempt,
  'submissionId' | 'ordinal' | 'requestId' | 'project' | 'number' | 'bodyId' | 'itemBytes'
> = {
  holdNano: null,
  outcome: null,
  usability: null,
  errorType: null,
  usage: null,
  costNano: null,
  realtimeNano: null,
  resultId: null,
  settledAt: null,
  releasedAt: null,
  withdrawn: false,
  possiblyPaid: false,
  waste: false,
}
