import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What a handler did not take is passed by like the rest. */
export const forgottenNotTaken: Plant = {
  name: 'forgotten_not_taken',
  about: 'A result that its handler did not take is acknowledged all the same.',
  within: 60,
  view: (store) =>
    wrappedStore(store, {
      ackDelivery: (params) => store.ackDelivery({ ...params, notTaken: null }),
    }),
}
