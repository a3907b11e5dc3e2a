import { ZERO_USD } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What has no known price costs nothing. */
export const unknownPriceZero: Plant = {
  name: 'unknown_price_zero',
  about: 'An unknown price is booked as a zero.',
  within: 60,
  store: (store) =>
    wrappedStore(store, {
      settle: (params) => {
        const lines = params.lines.map((line) => ({ ...line, costNano: line.costNano ?? ZERO_USD }))
        return store.settle({ ...params, lines })
      },
    }),
}
