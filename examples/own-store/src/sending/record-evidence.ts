import {
  applyEvidence,
  type Evidence,
  type EvidenceResult,
  type RemoteBatch,
  type Submission,
  type SubmissionId,
  twinSubmission,
  ZERO_USD,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import {
  addSubmission,
  pointFromBatch,
  submissionOfBatch,
  submissionOfNonce,
} from '../planning/open-submission.js'
import { changeSubmission } from '../rows/change.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `SendingStore.recordEvidence`. */
export function recordEvidence(
  session: Session,
  params: In<'recordEvidence'>,
): Promise<EvidenceResult> {
  return session.step((step) => record(step, params), 1)
}

async function record(step: Step, params: In<'recordEvidence'>): Promise<EvidenceResult> {
  const { account, nonce, evidence } = params
  const submission = await submissionOfNonce(step, nonce)
  if (submission === null || submission.account !== account) {
    return { type: 'unknown_nonce', submission: null }
  }
  const batch = batchOf(evidence)
  const owner =
    batch === null ? null : await submissionOfBatch(step, { account, remoteId: batch.id })
  if (owner !== null) return { type: 'known', submission: owner }
  const effect = applyEvidence(submission, evidence, step.now)
  if (effect.type === 'twin' && batch !== null) {
    const id = step.takeId<SubmissionId>()
    const twin = { ...twinSubmission(submission, batch, step.now), id }
    return { type: 'twin', submission: addSubmission(step, twin) }
  }
  if (effect.type !== 'applied') return { type: effect.type, submission }
  const changed = changeSubmission(step, submission.id, freed(effect.changes))
  if (batch !== null) pointFromBatch(step, changed)
  return { type: 'applied', submission: changed }
}

function freed(changes: Partial<Submission>): Partial<Submission> {
  const isGivenUp = changes.state === 'rejected' || changes.state === 'lost'
  return isGivenUp ? { ...changes, holdNano: ZERO_USD } : changes
}

function batchOf(evidence: Evidence): RemoteBatch | null {
  return evidence.type === 'accepted' || evidence.type === 'found' ? evidence.batch : null
}
