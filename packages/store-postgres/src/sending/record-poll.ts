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
): Promise<Submission> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    const { askedAt, batch, nextStepAt } = params
    const changes = applyPoll(submission, { askedAt, batch }, step.now)
    if (changes === null) return submission
    if (changes.state !== undefined && changes.state !== submission.state) {
      assertSubmissionMove(submission.state, changes.state)
    }
    return changeSubmission(step, submission, { ...changes, nextStepAt })
  })
}
