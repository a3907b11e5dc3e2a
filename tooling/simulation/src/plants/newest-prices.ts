import { CHANGE_DAY } from '../scenario/prices.js'
import type { Plant } from './plant.js'
import { pricedBy } from './priced-anew.js'

/** Old batches are booked at new prices. */
export const newestPrices: Plant = {
  name: 'newest_prices',
  about: 'Answers are booked at the newest prices, and not at those of the day of their batch.',
  within: 60,
  store: (store) => pricedBy(store, (facts) => ({ ...facts, at: Date.parse(CHANGE_DAY) })),
}
