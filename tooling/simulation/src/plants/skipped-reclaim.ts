import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Requests of a batch that turned up stay in the queue, and the queue waits for them for ever. */
export const skippedReclaim: Plant = {
  name: 'skipped_reclaim',
  about: 'Members of a batch that turned up are not taken back.',
  within: 300,
  store: (store) =>
    wrappedStore(store, {
      reclaimMembers: () => Promise.resolve({ left: 0 }),
    }),
}
