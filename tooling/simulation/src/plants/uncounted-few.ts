import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A queue that has many requests is taken for one with few. */
export const uncountedFew: Plant = {
  name: 'uncounted_few',
  about: 'Nobody sees how many requests a queue had in the last day.',
  within: 300,
  store: (store) =>
    wrappedStore(store, {
      readResults: async (page) => ('queue' in page ? [] : await store.readResults(page)),
    }),
}
