import {
  type AccountId,
  applyEvidence,
  type Evidence,
  type EvidenceResult,
  type Nonce,
  type RemoteBatch,
  type RemoteId,
  type Submission,
  type SubmissionId,
  twinSubmission,
  ZERO_USD,
} from '@halfrate/core'
import { anyTextOf, type SubmissionsTable, submissionOf } from '@halfrate/store-sql'
import { insertSubmission } from '../planning/insert-submission.js'
import { findByNonce } from '../planning/open-submission.js'
import type { Session } from '../session.js'
import { changeSubmission } from '../submissions.js'
import { takeIds } from '../take-ids.js'

// Uses submissions_remote.
const BY_REMOTE_ID = 'SELECT * FROM submissions WHERE account_id = ? AND remote_id = ?'

// A batch that was taken for another program's is ours after all.
const NOT_FOREIGN = 'DELETE FROM foreign_batches WHERE account_id = ? AND remote_id = ?'

/** See `SendingStore.recordEvidence`. */
export function recordEvidence(
  session: Session,
  params: Readonly<{ account: AccountId; nonce: Nonce; evidence: Evidence }>,
): EvidenceResult {
  const { account, nonce, evidence } = params
  const submission = findByNonce(session, account, nonce)
  if (submission === undefined) return { type: 'unknown_nonce', submission: null }
  const batch = 'batch' in evidence ? evidence.batch : null
  const owner = batch === null ? undefined : findByRemoteId(session, account, batch.id)
  if (owner !== undefined) return { type: 'known', submission: owner }
  const effect = applyEvidence(submission, evidence, session.now())
  if (effect.type === 'known' || effect.type === 'unknown_nonce') {
    return { type: effect.type, submission }
  }
  if (batch !== null) {
    session.db.run(NOT_FOREIGN, session.names.idOf(account), anyTextOf(batch.id))
  }
  if (effect.type === 'twin') {
    return {
      type: 'twin',
      submission: batch === null ? submission : addTwin(session, submission, batch),
    }
  }
  const { changes } = effect
  const isGivenUp = changes.state === 'rejected' || changes.state === 'lost'
  const freed = isGivenUp ? { holdNano: ZERO_USD } : {}
  return {
    type: 'applied',
    submission: changeSubmission(session, submission, { ...changes, ...freed }),
  }
}

/** The submission that has a batch; undefined for none. */
export function findByRemoteId(
  session: Session,
  account: AccountId,
  remoteId: RemoteId,
): Submission | undefined {
  const accountId = session.names.idOf(account)
  const row = session.db.get<SubmissionsTable>(BY_REMOTE_ID, accountId, anyTextOf(remoteId))
  return row === undefined ? undefined : submissionOf(row, session.names.textOf)
}

// A twin has no members of its own: attempts are added as its lines come, released from birth.
function addTwin(session: Session, original: Submission, batch: RemoteBatch): Submission {
  const id = takeIds(session, 1) as SubmissionId
  const twin: Submission = { ...twinSubmission(original, batch, session.now()), id }
  insertSubmission(session, twin)
  return twin
}
