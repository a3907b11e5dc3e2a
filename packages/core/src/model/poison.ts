import type { SubmissionId } from './ids.js'
import type { EpochMs } from './time.js'

/**
 * The search for what makes the provider refuse batches of one lane as such (400, 413): an entry of the document that
 * `poisonSetting` names.
 */
export interface PoisonIncident {
  readonly lane: string
  /** When the first of its batches was refused. */
  readonly since: EpochMs
  /** When the newest of them was refused. */
  readonly refusedAt: EpochMs
  /** Creates that it cost so far: canaries, batches that were refused, and batches that suspects were in. */
  readonly creates: number
  /**
   * The batches among them, so that none counts twice. Others that are being sent are among them until it is known that
   * they were not refused. Absent in documents of older versions.
   */
  readonly counted?: readonly SubmissionId[]
  /** Since when those are used up; null while they are not. */
  readonly exhaustedAt: EpochMs | null
  /** When the newest create of the lane was begun that was taken since then; null for none. */
  readonly acceptedAt: EpochMs | null
  /** When the canary was sent whose answer is not known yet; null for none. */
  readonly canaryAt: EpochMs | null
  /** A batch with a larger body than this is split; null for no limit that was learned. */
  readonly maxBytes: number | null
}

/** Value of the document that `poisonSetting` names: at most one incident for each lane. */
export interface Poison {
  readonly incidents: readonly PoisonIncident[]
}
