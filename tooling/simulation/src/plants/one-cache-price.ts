import type { Plant } from './plant.js'
import { pricedBy } from './priced-anew.js'

/** What is kept for an hour costs what is kept for five minutes. */
export const oneCachePrice: Plant = {
  name: 'one_cache_price',
  about: 'Writes to the cache for an hour are booked at the price of those for five minutes.',
  within: 60,
  store: (store) =>
    pricedBy(store, (facts) => {
      const { cacheWrite5mTokens, cacheWrite1hTokens } = facts.usage
      const written = cacheWrite5mTokens + cacheWrite1hTokens
      const usage = { ...facts.usage, cacheWrite5mTokens: written, cacheWrite1hTokens: 0 }
      return { ...facts, usage }
    }),
}
