import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Whatever is not ours by its id is somebody else's. */
export const unknownIsForeign: Plant = {
  name: 'unknown_is_foreign',
  about: "Batches that nobody has looked into pass for another program's.",
  within: 60,
  store: (store) =>
    wrappedStore(store, {
      knownBatches: async (params) => {
        const { ours } = await store.knownBatches(params)
        return { ours, foreign: new Set(params.remoteIds.filter((id) => !ours.has(id))) }
      },
    }),
}
