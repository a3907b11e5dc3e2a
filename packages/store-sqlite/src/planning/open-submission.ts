import {
  type AccountId,
  type Fence,
  NEW_SUBMISSION,
  type Nonce,
  type ProjectId,
  type QueueName,
  queueResource,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { type SubmissionsTable, submissionOf } from '@halfrate/store-sql'
import { checkFence, type Session } from '../session.js'
import { takeIds } from '../take-ids.js'
import { insertSubmission } from './insert-submission.js'

// Uses submissions_nonce.
const BY_NONCE = `SELECT * FROM submissions
  WHERE account_id = ? AND nonce = ? AND twin_of IS NULL`

/** The submission that was opened with a nonce; undefined for none. Twins, which share it, are left out. */
export function findByNonce(
  session: Session,
  account: AccountId,
  nonce: Nonce,
): Submission | undefined {
  const accountId = session.names.find(account)
  if (accountId === null) return undefined
  const row = session.db.get<SubmissionsTable>(BY_NONCE, accountId, nonce)
  return row === undefined ? undefined : submissionOf(row, session.names.textOf)
}

/** See `PlanningStore.openSubmission`. */
export function openSubmission(
  session: Session,
  params: Readonly<{
    fence: Fence
    project: ProjectId
    account: AccountId
    queue: QueueName
    lane: string
    batchLimit: number | null
    nonce: Nonce
    upToId: number
  }>,
): Submission {
  const { fence, project, account, queue, lane, batchLimit, nonce, upToId } = params
  checkFence(session, fence, queueResource(project, queue))
  const there = findByNonce(session, account, nonce)
  if (there !== undefined) return there
  // Members are named one by one, since a caller's object may have more of them.
  const submission: Submission = {
    ...{ project, account, queue, lane, batchLimit, nonce, upToId },
    ...NEW_SUBMISSION,
    id: takeIds(session, 1) as SubmissionId,
    openedAt: session.now(),
  }
  insertSubmission(session, submission)
  return submission
}
