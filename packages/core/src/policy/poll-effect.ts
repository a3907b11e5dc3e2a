import type { RemoteBatch, RemoteStatus } from '../model/remote-batch.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { remoteColumns } from './evidence.js'

const RANK: Readonly<Record<RemoteStatus, number>> = { in_progress: 0, canceling: 1, ended: 2 }

/** What a poll is judged by. */
export type PollFacts = Pick<Submission, 'state' | 'remoteId' | 'remoteStatus' | 'polledAt'>

/**
 * Decides what an answer about a batch changes: nothing when it is older than one that is recorded, or when it would
 * turn a status back. Null for nothing. Archiving is still noted after the end.
 */
export function applyPoll(
  facts: PollFacts,
  poll: { readonly askedAt: EpochMs; readonly batch: RemoteBatch },
  now: EpochMs,
): Partial<Submission> | null {
  if (facts.remoteId !== poll.batch.id) return null
  if (facts.polledAt !== null && poll.askedAt < facts.polledAt) return null
  if (facts.remoteStatus !== null && RANK[poll.batch.status] < RANK[facts.remoteStatus]) return null
  const seen = { ...remoteColumns(poll.batch), polledAt: poll.askedAt }
  if (facts.state !== 'in_progress' && facts.state !== 'canceling') {
    return facts.state === 'ended'
      ? { ...seen, remoteStatus: facts.remoteStatus ?? poll.batch.status }
      : null
  }
  const state = poll.batch.status
  return { ...seen, state, ...(state === 'ended' ? { endedAt: now } : {}) }
}
