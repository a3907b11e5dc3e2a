import type { Evidence } from '../model/evidence.js'
import type { AccountId, Nonce, SubmissionId } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import { applyEvidence, twinSubmission } from '../policy/evidence.js'
import type { EvidenceResult } from '../ports/store-sending.js'
import { frozenCopy } from './frozen-copy.js'
import { remoteKey } from './submission-table.js'
import type { Tables } from './tables.js'

/** See {@link SendingStore.recordEvidence}. */
export function recordEvidence(
  tables: Tables,
  params: Readonly<{ account: AccountId; nonce: Nonce; evidence: Evidence }>,
): EvidenceResult {
  const evidence = frozenCopy(params.evidence)
  const submission = tables.submissions.byNonce(params.nonce)
  if (submission === undefined || submission.account !== params.account) {
    return { type: 'unknown_nonce', submission: null }
  }
  const batch = batchOf(evidence)
  const owner = batch === null ? undefined : tables.submissions.byRemoteId(params.account, batch.id)
  if (owner !== undefined) return { type: 'known', submission: owner }
  const effect = applyEvidence(submission, evidence, tables.now())
  if (effect.type === 'known' || effect.type === 'unknown_nonce') {
    return { type: effect.type, submission }
  }
  // A batch that was taken for another program's is ours after all.
  if (batch !== null) tables.foreign.delete(remoteKey(params.account, batch.id))
  if (effect.type === 'twin')
    return { type: 'twin', submission: addTwin(tables, submission, batch) }
  const { changes } = effect
  const isGivenUp = changes.state === 'rejected' || changes.state === 'lost'
  const freed = isGivenUp ? { holdNano: ZERO_USD } : {}
  return {
    type: 'applied',
    submission: tables.submissions.update(submission.id, { ...changes, ...freed }),
  }
}

function batchOf(evidence: Evidence): RemoteBatch | null {
  return evidence.type === 'accepted' || evidence.type === 'found' ? evidence.batch : null
}

function addTwin(tables: Tables, original: Submission, batch: RemoteBatch | null): Submission {
  if (batch === null) return original
  const id = tables.nextId<SubmissionId>()
  return tables.submissions.insert({ ...twinSubmission(original, batch, tables.now()), id })
}
