import { describeOperating, describeStore, type ManualClock } from '@halfrate/conformance'
import type { OperatingStore, Store } from '@halfrate/core'
import { openSqliteStore } from '../src/index.js'
import { temporaryPath } from './temporary-path.js'

const paths = new WeakMap<Store, string>()

async function openAt(path: string, clock: ManualClock): Promise<Store & OperatingStore> {
  const store = await openSqliteStore({ path, now: () => clock.now(), pageLimit: 100 })
  paths.set(store, path)
  return store
}

describeStore('sqlite, in memory', { open: (clock) => openAt(':memory:', clock) })

describeStore('sqlite, on disk', {
  open: (clock) => openAt(temporaryPath(), clock),
  reopen: async (store, clock) => {
    await store.shutdown()
    return openAt(paths.get(store) ?? temporaryPath(), clock)
  },
})

describeOperating('sqlite', { open: (clock) => openAt(temporaryPath(), clock) })
