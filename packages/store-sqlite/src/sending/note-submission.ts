import {
  type EpochMs,
  type Fence,
  type Submission,
  type SubmissionId,
  submissionResource,
} from '@halfrate/core'
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `SendingStore.noteSubmission`. A final one has no next step. */
export function noteSubmission(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    nextStepAt: EpochMs
    collecting?: Submission['collecting'] | undefined
  }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(submission.id))
  if (submission.state === 'dissolved' || submission.state === 'collected') return submission
  const { nextStepAt, collecting } = params
  return changeSubmission(
    session,
    submission,
    collecting === undefined ? { nextStepAt } : { nextStepAt, collecting },
  )
}
