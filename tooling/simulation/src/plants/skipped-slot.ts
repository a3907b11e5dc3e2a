import { DAY_MS } from '@halfrate/core'
import { withArrivalsMoved } from './moved-arrivals.js'
import type { Plant } from './plant.js'

/** What came before a slot is taken for what came a day later. */
export const skippedSlot: Plant = {
  name: 'skipped_slot',
  about: 'What came before a slot is taken for what came a day later.',
  within: 400,
  view: (store) => withArrivalsMoved(store, DAY_MS),
}
