import {
  assertSubmissionMove,
  type Fence,
  type NanoUsd,
  type Submission,
  type SubmissionId,
  submissionResource,
  ZERO_USD,
} from '@halfrate/core'
import { spentOfSubmissionQuery, sqliteQueries } from '@halfrate/store-sql'
import { runQuery } from '../reading/run-query.js'
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

// A run of the primary key; stops at the first live one.
const ANY_LIVE =
  'SELECT 1 FROM attempts_now WHERE submission_id = ? AND released_at IS NULL LIMIT 1'

/** Whether a submission has live members. */
export function hasLiveMembers(session: Session, submissionId: SubmissionId): boolean {
  return session.db.get(ANY_LIVE, submissionId) !== undefined
}

/** See `CollectingStore.closeSubmission`. */
export function closeSubmission(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Submission | null {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(submission.id))
  if (submission.state === 'collected') return submission
  const isOpen = submission.reclaimPending || hasLiveMembers(session, submission.id)
  if (submission.state !== 'ended' || isOpen) return null
  assertSubmissionMove(submission.state, 'collected')
  const [spent] = runQuery(session.db, spentOfSubmissionQuery(sqliteQueries, submission.id))
  return changeSubmission(session, submission, {
    state: 'collected',
    collectedAt: session.now(),
    holdNano: ZERO_USD,
    spentNano: (spent?.spent_nano ?? 0) as NanoUsd,
    nextStepAt: null,
  })
}
