import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Batches are booked at the price of real-time calls. */
export const realtimePrice: Plant = {
  name: 'realtime_price',
  about: 'Results of batches are booked at twice their price.',
  within: 10,
  store: (store) =>
    wrappedStore(store, {
      settle: (params) => {
        const lines = params.lines.map((line) => ({ ...line, costNano: line.realtimeNano }))
        return store.settle({ ...params, lines })
      },
    }),
}
