import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The store's time of a look is read after the provider answered. */
export const lateLook: Plant = {
  name: 'late_look',
  about: 'The look before a send takes its time from after the answer, so the window ends early.',
  within: 400,
  store: (store) =>
    wrappedStore(store, {
      beginSend: async (params) => {
        const storeAt = await store.now()
        return await store.beginSend({ ...params, look: { ...params.look, storeAt } })
      },
    }),
}
