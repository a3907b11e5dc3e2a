import type { EpochMs, Job } from '@halfrate/core'
import type { Keys } from '../keys.js'
import type { Place } from './place.js'

/** The part of a job that is being filled. */
export interface OpenPart {
  readonly part: number
  /** When somebody last worked on it. */
  readonly touchedAt: EpochMs
  /** Requests that were put in it. */
  readonly stored: number
  /** Names what it brought and what its input lists. */
  readonly listing: number
}

/** A commit that is not yet in every index. It counts all the same; whoever comes next goes on with it. */
export interface Publishing {
  readonly part: number
  readonly listing: number
  /** Rows of the listing that are done. */
  readonly at: number
}

/** A job with what the store alone needs to know of it. */
export interface StoredJob {
  readonly job: Job
  /** What its newest committed input lists; null before the first commit. */
  readonly listing: number | null
  readonly open: OpenPart | null
  readonly publishing: Publishing | null
}

/** Every entry that a job has in the indexes. */
export function placesOfJob(keys: Keys, { job, open }: StoredJob): readonly Place[] {
  const entry = { member: String(job.id), score: job.id }
  const places: Place[] = [{ ...entry, key: keys.of('jobs') }]
  if (job.state === 'committed') {
    const announce = [keys.namesQueue(job)]
    places.push({ ...entry, key: keys.of('jobs-committed'), announce })
  }
  if (open === null) return places
  return [...places, { ...entry, key: keys.of('open-parts'), score: open.touchedAt }]
}
