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
): Promise<Submission> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    if (submission.state === 'dissolved' || submission.state === 'collected') return submission
    const { nextStepAt, collecting } = params
    return changeSubmission(
      step,
      submission,
      collecting === undefined ? { nextStepAt } : { nextStepAt, collecting },
    )
  })
}
