import type { OperatingStore } from '@halfrate/core'
import type { Scene } from './scene.js'

/** One promise of what people ask of a store beside the engine. */
export interface OperatingCase {
  /** A sentence about behaviour. */
  readonly name: string
  /** Runs on a scene of its own, whose store is `store` too. The store is checked for broken invariants after it. */
  readonly run: (scene: Scene, store: OperatingStore) => Promise<void>
}
