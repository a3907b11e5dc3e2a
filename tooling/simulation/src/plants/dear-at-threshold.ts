import { priceBookOf } from '@halfrate/core/money'
import { SIM_PRICE_BOOK } from '../scenario/prices.js'
import type { Plant } from './plant.js'
import { pricedBy } from './priced-anew.js'

const BOOK = priceBookOf({
  ...SIM_PRICE_BOOK,
  rows: SIM_PRICE_BOOK.rows.map((row) => {
    const { above } = row
    return above === null
      ? row
      : { ...row, above: { ...above, promptTokens: above.promptTokens - 1 } }
  }),
})

/** The threshold of a dearer price is off by one. */
export const dearAtThreshold: Plant = {
  name: 'dear_at_threshold',
  about: 'A prompt of exactly as many tokens as a threshold is booked at the price above it.',
  within: 100,
  store: (store) => pricedBy(store, (facts) => ({ ...facts, book: BOOK })),
}
