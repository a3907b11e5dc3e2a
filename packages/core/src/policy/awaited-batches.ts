import type { RemoteId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { AbsenceWait, AwaitedBatch } from '../model/setting-documents.js'
import type { EpochMs } from '../model/time.js'
import { readingAfter, type Unreadable } from './batch-reading.js'
import type { EngineSettings } from './engine-settings.js'
import type { Survey } from './search.js'

/** What a whole look through the list has shown. */
export interface AwaitedFacts {
  /** What was waited for before it. */
  readonly before: readonly AwaitedBatch[]
  readonly survey: Pick<Survey, 'startedAt' | 'batches'>
  /** Batches of the survey that are neither ours nor known to be another program's. */
  readonly unidentified: readonly RemoteBatch[]
  readonly unreadable: readonly Unreadable[]
  /** On the provider's clock: batches made later are not waited for. */
  readonly upTo: EpochMs
}

/**
 * The batches that are not identified after a look, with what trying to read each has shown. One that ended and can't be
 * read, or that was deleted, is `vanished` after a while: it is kept, and nobody waits for it.
 */
export function awaitedAfter(
  facts: AwaitedFacts,
  settings: EngineSettings,
): readonly AwaitedBatch[] {
  const before = new Map(facts.before.map((batch) => [batch.remoteId, batch]))
  const unreadable = new Map(facts.unreadable.map((each) => [each.remoteId, each]))
  const now = facts.survey.startedAt
  const seen = facts.unidentified
    .filter((batch) => batch.createdAt <= facts.upTo)
    .map((batch) => ({
      remoteId: batch.id,
      createdAt: batch.createdAt,
      expiresAt: batch.expiresAt,
      ...readingAfter(before.get(batch.id), unreadable.get(batch.id), now, settings),
    }))
  const shown = new Set<RemoteId>(facts.survey.batches.map((batch) => batch.id))
  // One that is still listed and no longer unidentified was identified. One that is not may be back on the next page.
  const missing = facts.before
    .filter(({ remoteId }) => !shown.has(remoteId))
    .map((batch) => ({ ...batch, ...readingAfter(batch, { gone: true }, now, settings) }))
  return [...seen, ...missing]
}

/** The batches that are still waited for. */
export function stillAwaited(batches: readonly AwaitedBatch[]): readonly AwaitedBatch[] {
  return batches.filter(({ vanished }) => !vanished)
}

/** Whether sending may begin again after an absence, by a look at the list that began at `lookedAt`. */
export function isAbsenceOver(wait: AbsenceWait): boolean {
  return wait.lookedAt >= wait.notBefore && stillAwaited(wait.batches).length === 0
}

/** When a wait ends at the latest: with the last batch's expiry, unless one can't be read. */
export function absenceEndsBy(wait: Pick<AbsenceWait, 'notBefore' | 'batches'>): EpochMs {
  return Math.max(wait.notBefore, ...stillAwaited(wait.batches).map(({ expiresAt }) => expiresAt))
}
