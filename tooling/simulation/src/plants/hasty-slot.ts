import { HOUR_MS } from '@halfrate/core'
import { withArrivalsMoved } from './moved-arrivals.js'
import type { Plant } from './plant.js'

/** What came after a slot is taken for what came an hour before it. */
export const hastySlot: Plant = {
  name: 'hasty_slot',
  about: 'What came after a slot is taken for what came an hour before it.',
  within: 300,
  view: (store) => withArrivalsMoved(store, -HOUR_MS),
}
