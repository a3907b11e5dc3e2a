import type { Assumption, FaultKind } from './fault-kind.js'
import type { FaultSizes } from './fault-sizes.js'

/** Which faults a seed has on, how often they strike and how large they are. */
export interface FaultPlan {
  readonly rates: ReadonlyMap<FaultKind, number>
  readonly sizes: FaultSizes
  readonly breaks: readonly Assumption[]
  /** The call around which crashes and pauses gather; null for all alike. */
  readonly focus: string | null
  /** What the seed is about; null for anything. */
  readonly theme: Theme | null
}

/**
 * What some seeds are about, since a broad swarm comes to it too seldom.
 *
 * `window`: answers that come at the very end of the settle window, to senders that stood still. `strangers`: more of
 * their batches than fit on a page. `contradicted`: files of batches that a proxy made, in which a row fails before it
 * succeeds. `verdict`: workers that stand still around the scan that gives an answer up, while its batch is about to be
 * found. `between_pages`: evidence that comes between two pages of members that are let go. `door`: many requests that
 * make the provider refuse batches, while it refuses others for the account's sake.
 */
export type Theme = (typeof THEMES)[number] | 'door'

/** Every theme that shares one draw; `door` has its own, so that it left the others alone when it came. */
export const THEMES = ['window', 'strangers', 'contradicted', 'verdict', 'between_pages'] as const
