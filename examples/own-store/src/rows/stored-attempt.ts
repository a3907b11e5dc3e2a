import type { Attempt, AttemptRef } from '@halfrate/core'
import type { Keys } from '../keys.js'
import type { Place } from './place.js'

/** An attempt with what the store alone needs to know of it. */
export interface StoredAttempt {
  readonly attempt: Attempt
  /** Names the shared members of the params that it sent; 0 for none. */
  readonly prefixId: number
  /** SHA-256 of its result line, in hex; null before any. */
  readonly digest: string | null
}

/** Whether an attempt still decides where its request is. */
export function isLive(attempt: Attempt): boolean {
  return attempt.releasedAt === null
}

/** Names an attempt, without the rest of it. */
export function refOf(attempt: Attempt): AttemptRef {
  return { submissionId: attempt.submissionId, ordinal: attempt.ordinal }
}

/** The id of an attempt's record. */
export function nameOf(ref: AttemptRef): string {
  return `${ref.submissionId}:${ref.ordinal}`
}

/** Every entry that an attempt has in the indexes. */
export function placesOfAttempt(keys: Keys, { attempt }: StoredAttempt): readonly Place[] {
  const { submissionId, ordinal, withdrawn, outcome } = attempt
  const entry = { member: String(ordinal), score: ordinal }
  if (isLive(attempt)) return [{ ...entry, key: keys.of('live', submissionId) }]
  if (withdrawn || outcome !== null) return []
  return [{ ...entry, key: keys.of('given-up', submissionId) }]
}
