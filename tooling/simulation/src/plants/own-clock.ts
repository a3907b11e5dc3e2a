import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Leases and verdicts are judged by the worker's own clock. */
export const ownClock: Plant = {
  name: 'own_clock',
  about: "The clock of the worker is used where the store's must be.",
  within: 150,
  view: (store, { clockNow }) =>
    wrappedStore(store, {
      now: async () => {
        await store.now()
        return clockNow()
      },
    }),
}
