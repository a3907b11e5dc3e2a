import type { Verdict } from './request.js'

/**
 * Why a request was given another body than it came with.
 *
 * `max_tokens`: somebody sent it again with another limit. `cut_off_raised`: its answer was cut off, and its queue's
 * policy sends it once more with a higher one. `pause_continued`: its answer paused, and goes on from what was said.
 */
export type BodyReason = 'max_tokens' | 'cut_off_raised' | 'pause_continued'

/** A body that a policy made of the one before it, for the attempts to come. The shared members of its params stay. */
export interface ChangedBody {
  readonly reason: BodyReason
  /** Its own members, joined by commas and without braces. */
  readonly body: Uint8Array
  /** Size of the item that they make, custom id included. */
  readonly itemBytes: number
  readonly maxTokens: number
  /** How the request ends where it isn't sent again after all: another attempt is live, or its caller canceled it. */
  readonly otherwise: Verdict
}

/** A stored body that was made of another one, and why. */
export interface ChildBody {
  readonly bodyId: number
  readonly reason: BodyReason
}
