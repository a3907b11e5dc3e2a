import type { RemoteBatch } from '../model/remote-batch.js'
import type { Recovery } from '../model/setting-documents.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import { awaitedAfter, stillAwaited } from './awaited-batches.js'
import type { Unreadable } from './batch-reading.js'
import { isMissingForGood, isTriedEnough } from './collecting.js'
import type { EngineSettings } from './engine-settings.js'
import type { Survey } from './search.js'

/** What a whole look through the list has shown while a recovery goes on. */
export interface RecoveryFacts {
  readonly survey: Pick<Survey, 'startedAt' | 'batches'>
  /** The provider's date when its first page came. */
  readonly serverAt: EpochMs
  readonly unidentified: readonly RemoteBatch[]
  readonly unreadable: readonly Unreadable[]
  /** Batches that were taken in, and how many of them still miss lines that can be had. */
  readonly imported: number
  readonly unfinished: number
}

/**
 * What is known of a recovery after a look. It ends when every batch made before it began is identified or was tried
 * often enough, every one of ours is taken in, and the list has had time to show those that were sent last.
 */
export function recoveryAfter(
  recovery: Recovery,
  facts: RecoveryFacts,
  settings: EngineSettings,
): Recovery {
  const { begunAt } = recovery
  if (begunAt === undefined || recovery.endedAt !== undefined) return recovery
  const { survey, unidentified, unreadable, imported, unfinished } = facts
  const upTo = recovery.upTo ?? facts.serverAt
  const before = recovery.batches ?? []
  const batches = awaitedAfter({ before, survey, unidentified, unreadable, upTo }, settings)
  const isOver =
    survey.startedAt >= begunAt + settings.settleMs &&
    stillAwaited(batches).length === 0 &&
    unfinished === 0
  const after = { ...recovery, upTo, batches, imported }
  return isOver ? { ...after, endedAt: survey.startedAt } : after
}

/** When a recovery ends at the latest, unless a batch can't be read; null before it has looked. */
export function recoveryEndsBy(recovery: Recovery, settings: EngineSettings): EpochMs | null {
  if (recovery.begunAt === undefined || recovery.batches === undefined) return null
  const expiries = stillAwaited(recovery.batches).map(({ expiresAt }) => expiresAt)
  return Math.max(recovery.begunAt + settings.settleMs, ...expiries)
}

/**
 * What to do with a batch under the store's own seal that no submission has sent. `take_in`: it is of the time that a
 * recovery is about. `stop`: sending stops until there is one.
 */
export function decideUnknown(
  recovery: Recovery | null,
  batch: Pick<RemoteBatch, 'createdAt'>,
): 'take_in' | 'stop' {
  if (recovery?.begunAt === undefined) return 'stop'
  if (recovery.endedAt === undefined) return 'take_in'
  return batch.createdAt <= (recovery.upTo ?? 0) ? 'take_in' : 'stop'
}

/** Whether nothing more of an imported batch can be had soon: it is whole, or was tried as often as any other. */
export function isTakenIn(
  submission: Pick<Submission, 'state' | 'requestCount' | 'collecting' | 'remoteArchivedAt'>,
  attempts: number,
  settings: EngineSettings,
  now: EpochMs,
): boolean {
  const { state, requestCount, collecting, remoteArchivedAt } = submission
  return (
    state === 'collected' ||
    attempts >= requestCount ||
    remoteArchivedAt !== null ||
    isTriedEnough(collecting, settings, now) ||
    isMissingForGood(collecting, settings, now)
  )
}
