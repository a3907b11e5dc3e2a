import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeStore, type ManualClock } from '@halfrate/conformance'
import type { Store } from '@halfrate/core'
import { openSqliteStore } from '../src/index.js'

const PAGE_LIMIT = 100
const paths = new WeakMap<Store, string>()

async function openAt(path: string, clock: ManualClock): Promise<Store> {
  const store = await openSqliteStore({ path, now: () => clock.now(), pageLimit: PAGE_LIMIT })
  paths.set(store, path)
  return store
}

describeStore('sqlite, in memory', { open: (clock) => openAt(':memory:', clock) })

describeStore('sqlite, on disk', {
  open: (clock) => openAt(join(mkdtempSync(join(tmpdir(), 'halfrate-')), 'halfrate.db'), clock),
  reopen: async (store, clock) => {
    await store.shutdown()
    return openAt(paths.get(store) ?? ':memory:', clock)
  },
})
