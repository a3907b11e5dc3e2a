import type { Verdict } from './request.js'

/**
 * Why a request was given another body than it came with.
 *
 * `max_tokens`: somebody sent it again with another limit. `cut_off_raised`: its answer was cut off, and its queue's
 * policy sends it once more with a higher one. `pause_continued`: its answer paused, and goes on from what was said.
 * `refused_other_model`: its answer was a refusal, and its queue's policy asks another model once.
 * `output_repaired`: its answer was not of the form that its queue asks for, and is sent back once with what is wrong with it.
 */
export type BodyReason =
  | 'max_tokens'
  | 'cut_off_raised'
  | 'pause_continued'
  | 'refused_other_model'
  | 'output_repaired'

/** A body that a policy made of the one before it, for the attempts to come. */
export interface ChangedBody {
  readonly reason: BodyReason
  /** Its own members, joined by commas and without braces. */
  readonly body: Uint8Array
  /** Size of the item that they make, custom id included. */
  readonly itemBytes: number
  readonly maxTokens: number
  /** The model that it asks, where that is another one; attempts before it keep the name of theirs. */
  readonly model?: string | undefined
  /** Whether it has all members of its params; left out where those stay before it that it shares with others. */
  readonly standsAlone?: boolean | undefined
  /** How the request ends where it isn't sent again after all: another attempt is live, or its caller canceled it. */
  readonly otherwise: Verdict
}

/** A stored body that was made of another one, and why. */
export interface ChildBody {
  readonly bodyId: number
  readonly reason: BodyReason
}
