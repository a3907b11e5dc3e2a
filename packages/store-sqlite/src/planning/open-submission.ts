import {
  type AccountId,
  type Fence,
  NO_COLLECTING,
  NO_SEARCH,
  type Nonce,
  type ProjectId,
  type QueueName,
  queueResource,
  type Submission,
  type SubmissionId,
  ZERO_USD,
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
  const { fence, ...chosen } = params
  checkFence(session, fence, queueResource(params.project, params.queue))
  const there = findByNonce(session, params.account, params.nonce)
  if (there !== undefined) return there
  const submission: Submission = {
    ...chosen,
    ...UNSENT,
    id: takeIds(session, 1) as SubmissionId,
    openedAt: session.now(),
  }
  insertSubmission(session, submission)
  return submission
}

const UNSENT: Omit<
  Submission,
  'id' | 'project' | 'account' | 'queue' | 'lane' | 'batchLimit' | 'nonce' | 'upToId' | 'openedAt'
> = {
  state: 'filling',
  orphan: false,
  reclaimPending: false,
  twinOf: null,
  requestCount: 0,
  itemsBytes: 0,
  holdNano: ZERO_USD,
  sealedAt: null,
  look: null,
  sendStartedAt: null,
  sendNotAfterAt: null,
  remoteId: null,
  remoteStatus: null,
  remoteCreatedAt: null,
  remoteExpiresAt: null,
  remoteEndedAt: null,
  remoteArchivedAt: null,
  counts: null,
  polledAt: null,
  error: null,
  search: NO_SEARCH,
  collecting: NO_COLLECTING,
  verdictAt: null,
  possiblyPaid: false,
  endedAt: null,
  collectedAt: null,
  cancelRequestedAt: null,
  nextStepAt: null,
}
