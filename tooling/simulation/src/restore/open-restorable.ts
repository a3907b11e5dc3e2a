import { InvariantError } from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import type { StoreParams } from '../store/open-store.js'
import { currentStore } from './current-store.js'
import { openRestorableFile } from './restorable-file.js'
import type { RestorableStore } from './restorable-store.js'

/** Opens an empty store of a kind that needs no server. */
export async function openRestorable(params: StoreParams): Promise<RestorableStore> {
  switch (params.kind) {
    case 'memory':
      return openRestorableMemory(params)
    case 'sqlite':
      return await openRestorableFile(params)
    case 'postgres':
      throw new InvariantError('A store on PostgreSQL is not put back in a run.')
  }
}

function openRestorableMemory(params: StoreParams): RestorableStore {
  let current = new MemoryStore(params)
  return {
    store: currentStore(() => current),
    backup: async () => {
      const snapshot = current.snapshot()
      const putBack = async (): Promise<void> => {
        current = MemoryStore.from(snapshot, params)
      }
      return { putBack }
    },
  }
}
