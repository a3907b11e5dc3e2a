import type { CollectingStore } from './store-collecting.js'
import type { DeliveringStore } from './store-delivering.js'
import type { IntakeStore } from './store-intake.js'
import type { LeaseStore } from './store-leases.js'
import type { PlanningStore } from './store-planning.js'
import type { ReadStore } from './store-reading.js'
import type { SendingStore } from './store-sending.js'
import type { UpkeepStore } from './store-upkeep.js'

/** What a store can do, for the engine to adapt to. */
export interface StoreTraits {
  /** Most rows in one call. At least 100. */
  readonly pageLimit: number
  /** `one`: a single worker at a time (embedded); `many`: any number. */
  readonly workers: 'one' | 'many'
}

/**
 * Durable state. Each method is one atomic step: it happens whole or not at all, also when the process dies in it,
 * and what it answers is durable. No method holds anything open after it answers.
 *
 * A call that brings more than `pageLimit` rows is refused whole, with {@link InvariantError}; one that asks for more
 * answers `pageLimit`. What is answered is the caller's: changing it changes nothing in the store.
 *
 * A method that throws {@link StoreUnavailableError} may or may not have happened; every one can be repeated safely.
 */
export interface Store
  extends LeaseStore,
    IntakeStore,
    PlanningStore,
    SendingStore,
    CollectingStore,
    DeliveringStore,
    ReadStore,
    UpkeepStore {
  readonly traits: StoreTraits
}
