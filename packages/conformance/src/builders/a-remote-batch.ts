import type { OutcomeCounts, RemoteBatch, RemoteId } from '@halfrate/core'
import { MANUAL_START } from '../manual-clock.js'

const DAY_MS = 86_400_000

/** Builds a batch as the provider shows it: running, with one request, made when the manual clock starts. */
export function aRemoteBatch(overrides: Partial<RemoteBatch> = {}): RemoteBatch {
  const createdAt = overrides.createdAt ?? MANUAL_START
  return {
    id: 'msgbatch_1' as RemoteId,
    status: 'in_progress',
    counts: someCounts({ processing: 1 }),
    createdAt,
    expiresAt: createdAt + DAY_MS,
    endedAt: null,
    cancelInitiatedAt: null,
    archivedAt: null,
    ...overrides,
  }
}

/** Builds the same batch when it has ended with these counts. */
export function anEndedBatch(
  counts: Partial<OutcomeCounts>,
  overrides: Partial<RemoteBatch> = {},
): RemoteBatch {
  const batch = aRemoteBatch(overrides)
  return {
    ...batch,
    status: 'ended',
    counts: someCounts(counts),
    endedAt: overrides.endedAt ?? batch.createdAt + 60_000,
  }
}

/** Counts by outcome, 0 where nothing is said. */
export function someCounts(counts: Partial<OutcomeCounts>): OutcomeCounts {
  return { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0, ...counts }
}
