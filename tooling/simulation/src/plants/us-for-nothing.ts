import type { Plant } from './plant.js'
import { pricedBy } from './priced-anew.js'

/** Running in the US costs nothing more. */
export const usForNothing: Plant = {
  name: 'us_for_nothing',
  about: 'Answers from the US are booked without what that costs more.',
  within: 60,
  store: (store) =>
    pricedBy(store, (facts) => ({ ...facts, usage: { ...facts.usage, inferenceGeo: null } })),
}
