import {
  type AccountId,
  applyEvidence,
  type Evidence,
  type EvidenceResult,
  InvariantError,
  type Nonce,
  type RemoteBatch,
  type RemoteId,
  type Submission,
  type SubmissionId,
  twinSubmission,
  ZERO_USD,
} from '@halfrate/core'
import { escapedText } from '../database/escaped-text.js'
import { insertSubmission } from '../planning/insert-submission.js'
import { findByNonce } from '../planning/open-submission.js'
import type { Session, Step } from '../session.js'
import { changeSubmission, selectSubmission } from '../submissions.js'
import { lockAccount } from './lock-account.js'

// Uses submissions_remote.
const BY_REMOTE_ID = 'SELECT * FROM submissions WHERE account_id = $1 AND remote_id = $2'

// A batch that was taken for another program's is ours after all.
const NOT_FOREIGN = 'DELETE FROM foreign_batches WHERE account_id = $1 AND remote_id = $2'

interface Learning {
  readonly session: Session
  readonly step: Step
  readonly accountId: number
}

/** See `SendingStore.recordEvidence`. */
export async function recordEvidence(
  session: Session,
  params: Readonly<{ account: AccountId; nonce: Nonce; evidence: Evidence }>,
): Promise<EvidenceResult> {
  const [accountId = 0] = await session.idsOf(params.account)
  return session.write((step) => learn({ session, step, accountId }, params))
}

async function learn(
  learning: Learning,
  { nonce, evidence }: Readonly<{ nonce: Nonce; evidence: Evidence }>,
): Promise<EvidenceResult> {
  const { step, accountId } = learning
  const batch = 'batch' in evidence ? evidence.batch : null
  if (batch !== null) await lockAccount(step, accountId)
  const submission = await findByNonce(step, accountId, nonce)
  if (submission === undefined) return { type: 'unknown_nonce', submission: null }
  const owner = batch === null ? undefined : await findByRemoteId(step, accountId, batch.id)
  if (owner !== undefined) return { type: 'known', submission: owner }
  const effect = applyEvidence(submission, evidence, step.now)
  if (effect.type === 'known' || effect.type === 'unknown_nonce') {
    return { type: effect.type, submission }
  }
  if (batch !== null) await step.db.run(NOT_FOREIGN, accountId, escapedText(batch.id))
  if (effect.type === 'twin') {
    const twin = batch === null ? submission : await addTwin(learning, submission, batch)
    return { type: 'twin', submission: twin }
  }
  const { changes } = effect
  const isGivenUp = changes.state === 'rejected' || changes.state === 'lost'
  const freed = isGivenUp ? { holdNano: ZERO_USD } : {}
  const changed = await changeSubmission(step, submission, { ...changes, ...freed })
  return { type: 'applied', submission: changed }
}

/** The submission that has a batch; undefined for none. */
export function findByRemoteId(
  step: Step,
  accountId: number,
  remoteId: RemoteId,
): Promise<Submission | undefined> {
  return selectSubmission(step, BY_REMOTE_ID, accountId, escapedText(remoteId))
}

// A twin has no members of its own: attempts are added as its lines come, released from birth.
async function addTwin(
  { session, step, accountId }: Learning,
  original: Submission,
  batch: RemoteBatch,
): Promise<Submission> {
  const { db, names, now } = step
  const [projectId, queueId, laneId] = await names.find(db, [
    original.project,
    original.queue,
    original.lane,
  ])
  const id = (await db.get<{ first: SubmissionId }>(session.idsText(1)))?.first
  if (projectId == null || queueId == null || laneId == null || id === undefined) {
    throw new InvariantError(`The names of submission ${original.id} are not there.`)
  }
  const twin: Submission = { ...twinSubmission(original, batch, now), id }
  await insertSubmission(step, twin, { projectId, accountId, queueId, laneId })
  return twin
}
