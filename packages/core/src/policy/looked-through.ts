import type { RemoteId } from '../model/ids.js'
import type { RemoteBatch } from '../model/remote-batch.js'
import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

/** What a look through the whole list leaves unknown. */
export interface LookFacts {
  /** Batches that are neither ours nor known to be another program's. */
  readonly unidentified: readonly Pick<RemoteBatch, 'id' | 'status' | 'createdAt' | 'archivedAt'>[]
  /** Those of them that answered and could not be read, or whose file is not there. */
  readonly unreadable: readonly { readonly remoteId: RemoteId }[]
}

/** Up to when the list is known, and when it is looked through again. */
export interface LookedThrough {
  readonly identifiedAt: EpochMs
  readonly nextAt: EpochMs
}

/**
 * What a look through the list has shown. A batch that has ended and was not read, because the call failed, isn't known:
 * the next look must begin before it, however old it is by then, and comes soon.
 */
export function lookedThrough(
  facts: LookFacts,
  settings: EngineSettings,
  now: EpochMs,
): LookedThrough {
  const unread = facts.unidentified.filter(
    ({ status, archivedAt, createdAt }) =>
      status === 'ended' && archivedAt === null && now - createdAt < settings.resultsLifetimeMs,
  )
  const unreadable = new Set(facts.unreadable.map(({ remoteId }) => remoteId))
  const isSoon = unread.some(({ id }) => !unreadable.has(id))
  return {
    identifiedAt: Math.min(now, ...unread.map(({ createdAt }) => createdAt)),
    nextAt: now + (isSoon ? settings.watchEveryMs : settings.identifyEveryMs),
  }
}
