import { MemoryStore } from '@halfrate/core/memory'
import { describeOperating, describeStore, testDigest } from '../src/index.js'

describeStore('the memory store', {
  open: async (clock) => new MemoryStore({ now: clock.now, pageLimit: 100, digest: testDigest }),
  reopen: async (store, clock) => {
    if (!(store instanceof MemoryStore)) return store
    const snapshot = store.snapshot()
    await store.shutdown()
    return MemoryStore.from(snapshot, { now: clock.now, pageLimit: 100, digest: testDigest })
  },
})

describeOperating('the memory store', {
  open: async (clock) => new MemoryStore({ now: clock.now, pageLimit: 100, digest: testDigest }),
})
