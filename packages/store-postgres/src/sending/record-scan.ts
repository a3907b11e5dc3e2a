import {
  assertSubmissionMove,
  type EpochMs,
  type Fence,
  type Search,
  type Submission,
  type SubmissionId,
  submissionResource,
  ZERO_USD,
} from '@halfrate/core'
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `SendingStore.recordScan`. */
export function recordScan(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    basedOnScans: number
    search: Search
    nextStepAt: EpochMs
    lost: Readonly<{ possiblyPaid: boolean }> | null
  }>,
): Promise<Submission> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    const isCurrent =
      submission.state === 'ambiguous' && submission.search.scans === params.basedOnScans
    if (!isCurrent) return submission
    const { search, nextStepAt, lost } = params
    if (lost === null) return changeSubmission(step, submission, { search, nextStepAt })
    assertSubmissionMove(submission.state, 'lost')
    const now = step.now
    return changeSubmission(step, submission, {
      search,
      state: 'lost',
      verdictAt: now,
      possiblyPaid: lost.possiblyPaid,
      holdNano: ZERO_USD,
      // Its members are let go at once.
      nextStepAt: now,
    })
  })
}
