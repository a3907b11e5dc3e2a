import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Results are acknowledged while the handler still has them. */
export const ackedAhead: Plant = {
  name: 'acked_ahead',
  about: 'All results of a delivery are acknowledged as soon as the first of them are tried.',
  within: 400,
  view: (store) =>
    wrappedStore(store, {
      ackDelivery: async (params) => {
        const { deliveryId } = params
        const page = await store.readDelivery({ deliveryId, from: null, limit: 1 })
        const position = page?.delivery.count ?? params.position
        return await store.ackDelivery({ ...params, position })
      },
    }),
}
