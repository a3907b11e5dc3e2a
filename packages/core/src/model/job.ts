import type { JobId, ProjectId, QueueName } from './ids.js'
import type { EpochMs } from './time.js'

/** `open`: being filled, sends nothing. `committed`: accepted. `done`: every request of it is. */
export type JobState = 'open' | 'committed' | 'done'

/**
 * A caller's named set of requests.
 *
 * Requests arrive in parts; a part is invisible to planning until it is committed, by one row.
 */
export interface Job {
  readonly id: JobId
  readonly project: ProjectId
  readonly queue: QueueName
  /** Unique in its project. */
  readonly name: string
  readonly state: JobState
  /** The newest part that is committed, 0 for none. */
  readonly committedPart: number
  /** The part that is being filled; equal to `committedPart` when none is. */
  readonly openPart: number
  /**
   * Which filling of its part the job is at, from 0. Each discard of an open part begins the next one; never falls, also
   * from part to part.
   */
  readonly fill: number
  /** Digest of the input that the newest commit came from, in hex; null while a part is open. */
  readonly sourceDigest: string | null
  /** Rows of that input. */
  readonly rowCount: number
  readonly createdAt: EpochMs
  readonly committedAt: EpochMs | null
}
