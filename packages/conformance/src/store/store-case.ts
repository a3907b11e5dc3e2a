import type { Scene } from './scene.js'

/** One promise of the Store port. */
export interface StoreCase {
  /** A sentence about behaviour; also the name to skip it by. */
  readonly name: string
  /** Runs on a scene of its own. The store is checked for broken invariants after it. */
  readonly run: (scene: Scene) => Promise<void>
  /** It needs an adapter whose data can be opened again. */
  readonly needsReopen?: true
}
