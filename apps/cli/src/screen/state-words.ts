import type { Style } from './line.js'

/** Where a batch or a call is, in words. */
export interface StateWords {
  /** Where it is; short. */
  readonly state: string
  readonly style: Style | null
  /** What is to be known about it, the longest wording first; any of them may be shown, or none if `canDrop`. */
  readonly hints: readonly string[]
  readonly canDrop: boolean
}
