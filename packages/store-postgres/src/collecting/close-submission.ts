import {
  assertSubmissionMove,
  type Fence,
  type NanoUsd,
  type Submission,
  type SubmissionId,
  submissionResource,
  ZERO_USD,
} from '@halfrate/core'
import { postgresQueries, spentOfSubmissionQuery } from '@halfrate/store-sql'
import { runQuery } from '../reading/run-query.js'
import { checkFence, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

// A run of the primary key; stops at the first live one.
const ANY_LIVE =
  'SELECT 1 FROM attempts_now WHERE submission_id = $1 AND released_at IS NULL LIMIT 1'

/** Whether a submission has live members. */
export async function hasLiveMembers({ db }: Step, submissionId: SubmissionId): Promise<boolean> {
  return (await db.get(ANY_LIVE, submissionId)) !== undefined
}

/** See `CollectingStore.closeSubmission`. */
export function closeSubmission(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Promise<Submission | null> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    if (submission.state === 'collected') return submission
    const isOpen = submission.reclaimPending || (await hasLiveMembers(step, submission.id))
    if (submission.state !== 'ended' || isOpen) return null
    assertSubmissionMove(submission.state, 'collected')
    const [spent] = await runQuery(step.db, spentOfSubmissionQuery(postgresQueries, submission.id))
    return changeSubmission(step, submission, {
      state: 'collected',
      collectedAt: step.now,
      holdNano: ZERO_USD,
      spentNano: (spent?.spent_nano ?? 0) as NanoUsd,
      nextStepAt: null,
    })
  })
}
