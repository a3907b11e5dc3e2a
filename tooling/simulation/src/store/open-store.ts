import { InvariantError, type Store } from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { openSqliteStore } from '@halfrate/store-sqlite'

/** The stores that a run can be made on. */
export type StoreKind = 'memory' | 'sqlite' | 'postgres'

/** What a store of a run is made from. */
export interface StoreParams {
  readonly kind: StoreKind
  readonly now: () => number
  readonly pageLimit: number
  readonly workers: 'one' | 'many'
}

/** A store of a run. */
export interface OpenedStore {
  readonly store: Store
  /**
   * Resolves when the calls that are on their way to another process have been answered; null when none is. A store
   * without it answers before anything else can happen.
   */
  readonly underWay?: (() => Promise<unknown> | null) | undefined
}

/** Opens an empty store on virtual time. */
export type OpenStore = (params: StoreParams) => Promise<OpenedStore>

/** The stores that need no server: the reference store, and the real adapter on a database in memory. */
export const openEmbedded: OpenStore = async ({ kind, now, pageLimit, workers }) => {
  switch (kind) {
    case 'memory':
      return { store: new MemoryStore({ now, pageLimit, workers }) }
    case 'sqlite':
      return {
        store: await openSqliteStore({ path: ':memory:', now, pageLimit, turnEveryMs: Infinity }),
      }
    case 'postgres':
      throw new InvariantError('A run on PostgreSQL needs a server.')
  }
}
