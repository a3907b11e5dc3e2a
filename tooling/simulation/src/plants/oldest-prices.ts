import type { Plant } from './plant.js'
import { pricedBy } from './priced-anew.js'

/** New batches are booked at old prices. */
export const oldestPrices: Plant = {
  name: 'oldest_prices',
  about: 'Answers are booked at the prices that a book knew first.',
  within: 60,
  store: (store) => pricedBy(store, (facts) => ({ ...facts, at: 0 })),
}
