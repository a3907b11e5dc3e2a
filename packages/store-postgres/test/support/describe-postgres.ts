import { describeOperating, describeStore, type ManualClock } from '@halfrate/conformance'
import type { OperatingStore, Store } from '@halfrate/core'
import { openPostgresStore } from '../../src/index.js'
import { emptyStore } from './empty-store.js'
import { testDatabase } from './test-database.js'

/** How the suite reaches its database. */
export interface DescribePostgresOptions {
  readonly pooler: 'none' | 'transaction'
  /** Where the store connects, if not to the database itself; asked once the database is there. */
  readonly urlFor?: ((database: string) => Promise<string>) | undefined
}

/** Registers the cases of every store. They come one after another, so that one schema is enough for all of them. */
export function describePostgres(name: string, options: DescribePostgresOptions): void {
  const { url } = testDatabase()
  const { pooler, urlFor = async () => url } = options
  let place: Promise<string> | null = null
  const openAgain = async (clock: ManualClock): Promise<Store & OperatingStore> => {
    place ??= urlFor(url)
    const where = { url: await place, pooler, pageLimit: 100, poolSize: 3 }
    return openPostgresStore({ ...where, now: () => clock.now() })
  }
  const open = async (clock: ManualClock): Promise<Store & OperatingStore> => {
    await emptyStore(url, 'halfrate')
    return openAgain(clock)
  }
  describeOperating(name, { open })
  describeStore(name, {
    open,
    reopen: async (store, clock) => {
      await store.shutdown()
      return openAgain(clock)
    },
  })
}
