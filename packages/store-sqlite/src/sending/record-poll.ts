import {
  applyPoll,
  assertSubmissionMove,
  type EpochMs,
  type RemoteBatch,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import type { Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `SendingStore.recordPoll`. */
export function recordPoll(
  session: Session,
  params: Readonly<{
    submissionId: SubmissionId
    askedAt: EpochMs
    batch: RemoteBatch
    nextStepAt: EpochMs
  }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  const { askedAt, batch, nextStepAt } = params
  const changes = applyPoll(submission, { askedAt, batch }, session.now())
  if (changes === null) return submission
  if (changes.state !== undefined && changes.state !== submission.state) {
    assertSubmissionMove(submission.state, changes.state)
  }
  return changeSubmission(session, submission, { ...changes, nextStepAt })
}
