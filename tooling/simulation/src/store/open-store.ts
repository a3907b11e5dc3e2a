import type { Store } from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { openSqliteStore } from '@halfrate/store-sqlite'

/** The stores that a run can be made on. */
export type StoreKind = 'memory' | 'sqlite'

/** Opens an empty store on virtual time: the reference store, or the real adapter on a database in memory. */
export async function openStore(params: {
  readonly kind: StoreKind
  readonly now: () => number
  readonly pageLimit: number
  readonly workers: 'one' | 'many'
}): Promise<Store> {
  const { kind, now, pageLimit, workers } = params
  if (kind === 'memory') return new MemoryStore({ now, pageLimit, workers })
  return await openSqliteStore({ path: ':memory:', now, pageLimit })
}
