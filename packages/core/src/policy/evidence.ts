import type { Evidence } from '../model/evidence.js'
import { laneOf } from '../model/lane.js'
import { totalOf } from '../model/outcome.js'
import type { ProviderError } from '../model/provider-error.js'
import type { RemoteBatch, RemoteStatus } from '../model/remote-batch.js'
import {
  type LostDecision,
  NEW_SUBMISSION,
  type Submission,
  type SubmissionState,
} from '../model/submission.js'
import { type EpochMs, HOUR_MS } from '../model/time.js'
import { assertSubmissionMove } from './transition.js'

/** How long after the last possible byte a lost batch may come back and take its waiting members again. */
export const RECLAIM_WINDOW_MS: number = 26 * HOUR_MS

/** What evidence is judged by. */
export type EvidenceFacts = Pick<
  Submission,
  'state' | 'remoteId' | 'sendNotAfterAt' | 'search' | 'lane'
>

/** Columns of a submission that a piece of evidence sets. */
export type EvidenceChanges = Pick<Submission, 'state' | 'nextStepAt'> & Partial<Submission>

/** What a piece of evidence does to the submission that bears its nonce. */
export type EvidenceEffect =
  | { readonly type: 'applied'; readonly changes: EvidenceChanges }
  /** It was known, or something stronger is. */
  | { readonly type: 'known' }
  /** The same bytes made a second batch. */
  | { readonly type: 'twin' }
  /** The store never began this send, so the store is older than the batch: it was restored. */
  | { readonly type: 'unknown_nonce' }

/**
 * Decides what evidence does. Evidence wins over every verdict, an acceptance over every other evidence, and
 * nothing it says can be unsaid.
 */
export function applyEvidence(
  facts: EvidenceFacts,
  evidence: Evidence,
  now: EpochMs,
): EvidenceEffect {
  switch (evidence.type) {
    case 'accepted':
    case 'found':
      return applyBatch(facts, evidence.batch, now)
    case 'refused':
    case 'not_sent':
      return applyNo(facts, 'rejected', evidence.error, now)
    case 'ambiguous':
      return facts.state === 'sending'
        ? applyNo(facts, 'ambiguous', evidence.error, now)
        : { type: 'known' }
    case 'decided':
      return applyDecision(facts, evidence.decision, now)
  }
}

function applyBatch(facts: EvidenceFacts, batch: RemoteBatch, now: EpochMs): EvidenceEffect {
  if (facts.remoteId !== null) return { type: facts.remoteId === batch.id ? 'known' : 'twin' }
  switch (facts.state) {
    case 'filling':
    case 'sealed':
    case 'dissolved':
      return { type: 'unknown_nonce' }
    default: {
      const late = facts.state === 'rejected' || facts.state === 'lost'
      const state = stateOfRemote(batch.status)
      assertSubmissionMove(facts.state, state)
      const reclaimable =
        facts.sendNotAfterAt !== null && now <= facts.sendNotAfterAt + RECLAIM_WINDOW_MS
      return {
        type: 'applied',
        changes: {
          ...remoteColumns(batch),
          state,
          nextStepAt: now,
          endedAt: state === 'ended' ? now : null,
          ...(late ? { orphan: true, reclaimPending: reclaimable } : {}),
        },
      }
    }
  }
}

// Only a submission of which no id is known can still be refused: a proxy may have sent twice, and then the second
// refusal says nothing about the first acceptance.
function applyNo(
  facts: EvidenceFacts,
  state: 'rejected' | 'ambiguous',
  error: ProviderError,
  now: EpochMs,
): EvidenceEffect {
  const open = facts.state === 'sending' || facts.state === 'ambiguous'
  if (!open || facts.remoteId !== null) return { type: 'known' }
  assertSubmissionMove(facts.state, state)
  const verdictAt = state === 'rejected' ? { verdictAt: now } : {}
  return { type: 'applied', changes: { state, error, nextStepAt: now, ...verdictAt } }
}

// A person decides only what was asked: while no id is known, and the scans stand that led to the question.
function applyDecision(facts: EvidenceFacts, decision: LostDecision, now: EpochMs): EvidenceEffect {
  const { state, remoteId, search } = facts
  const isAsked = state === 'ambiguous' && remoteId === null && search.askingSince !== undefined
  if (!isAsked) return { type: 'known' }
  assertSubmissionMove(state, 'lost')
  // A call in real time leaves no batch behind that could be looked for: whatever is decided, it may have been paid.
  const possiblyPaid =
    decision === 'fail' ||
    laneOf(facts.lane).route === 'realtime' ||
    search.candidates.some(({ vanished }) => vanished)
  const changes = { state: 'lost', verdictAt: now, nextStepAt: now, possiblyPaid } as const
  return { type: 'applied', changes: { ...changes, search: { ...search, decision } } }
}

/** The submission state that a batch's own status means. A new batch that is being canceled still counts as begun. */
export function stateOfRemote(
  status: RemoteStatus,
): Extract<SubmissionState, 'in_progress' | 'ended'> {
  return status === 'ended' ? 'ended' : 'in_progress'
}

/** The columns of a submission that come from the provider's picture of its batch. */
export function remoteColumns(
  batch: RemoteBatch,
): Pick<
  Submission,
  | 'remoteId'
  | 'remoteStatus'
  | 'remoteCreatedAt'
  | 'remoteExpiresAt'
  | 'remoteEndedAt'
  | 'remoteArchivedAt'
  | 'counts'
> {
  return {
    remoteId: batch.id,
    remoteStatus: batch.status,
    remoteCreatedAt: batch.createdAt,
    remoteExpiresAt: batch.expiresAt,
    remoteEndedAt: batch.endedAt,
    remoteArchivedAt: batch.archivedAt,
    counts: batch.counts,
  }
}

/** Whether a submission was rebuilt from an ended batch that the store did not send. */
export function isImported(submission: Pick<Submission, 'remoteId' | 'sendStartedAt'>): boolean {
  return submission.remoteId !== null && submission.sendStartedAt === null
}

/**
 * The submission that is rebuilt from an ended batch. It has no members of its own: attempts are added as its lines come,
 * released from birth. `original` has the same nonce and was not sent; null for none.
 */
export function importedSubmission(
  params: {
    readonly account: Submission['account']
    readonly batch: RemoteBatch
    readonly nonce: Submission['nonce']
    readonly look: Submission['look']
    readonly home: Pick<Submission, 'project' | 'queue' | 'lane'>
    readonly original: Submission | null
  },
  now: EpochMs,
): Omit<Submission, 'id'> {
  const { account, batch, nonce, look, home, original } = params
  const { project, queue, lane } = home
  return {
    ...NEW_SUBMISSION,
    ...{ project, account, queue, lane, batchLimit: null, nonce, look, upToId: 0 },
    ...remoteColumns(batch),
    state: 'ended',
    orphan: true,
    twinOf: original?.id ?? null,
    requestCount: totalOf(batch.counts),
    openedAt: now,
    endedAt: now,
    nextStepAt: now,
  }
}

/**
 * The submission that stands for a second batch made of the same bytes. It has no members of its own: attempts are
 * added as its lines come, released from birth.
 */
export function twinSubmission(
  original: Submission,
  batch: RemoteBatch,
  now: EpochMs,
): Omit<Submission, 'id'> {
  const state = stateOfRemote(batch.status)
  const { id, project, account, queue, lane, batchLimit, nonce, upToId } = original
  return {
    ...NEW_SUBMISSION,
    ...{ project, account, queue, lane, batchLimit, nonce, upToId },
    ...remoteColumns(batch),
    state,
    // Of one that was taken in, its twin is taken in too: nobody waits for either.
    orphan: isImported(original),
    twinOf: id,
    requestCount: totalOf(batch.counts),
    itemsBytes: original.itemsBytes,
    openedAt: now,
    look: original.look,
    sendStartedAt: original.sendStartedAt,
    sendNotAfterAt: original.sendNotAfterAt,
    endedAt: state === 'ended' ? now : null,
    nextStepAt: now,
  }
}
