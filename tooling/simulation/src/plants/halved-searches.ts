import type { NanoUsd } from '@halfrate/core'
import { costOf } from '@halfrate/core/money'
import type { Plant } from './plant.js'
import { pricedAnew } from './priced-anew.js'

const NANO_PER_SEARCH = 10_000_000

/** A batch is taken to halve searches too. */
export const halvedSearches: Plant = {
  name: 'halved_searches',
  about: 'In a batch searches are booked at half of their price.',
  within: 60,
  store: (store) =>
    pricedAnew(store, (facts) => {
      const cost = costOf(facts)
      if (cost === null || facts.route === 'realtime') return cost
      return (cost - (facts.usage.webSearchRequests * NANO_PER_SEARCH) / 2) as NanoUsd
    }),
}
