import { describeStore, type ManualClock } from '@halfrate/conformance'
import type { Store } from '@halfrate/core'
import { openPostgresStore } from '../../src/index.js'
import { emptyStore } from './empty-store.js'
import { testDatabase } from './test-database.js'

/** Registers the cases of every store. They come one after another, so that one schema is enough for all of them. */
export function describePostgres(name: string, pooler: 'none' | 'transaction'): void {
  const { url } = testDatabase()
  const openAgain = (clock: ManualClock): Promise<Store> =>
    openPostgresStore({ url, pooler, pageLimit: 100, poolSize: 3, now: () => clock.now() })
  describeStore(name, {
    open: async (clock) => {
      await emptyStore(url, 'halfrate')
      return openAgain(clock)
    },
    reopen: async (store, clock) => {
      await store.shutdown()
      return openAgain(clock)
    },
  })
}
