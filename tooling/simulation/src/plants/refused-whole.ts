import { changedRelease, failedAs } from './changed-release.js'
import type { Plant } from './plant.js'

/** One bad request takes all others of its batch with it. */
export const refusedWhole: Plant = {
  name: 'refused_whole',
  about: 'When a batch is refused, all its members fail.',
  within: 30,
  store: (store) =>
    changedRelease(store, ({ to }, { state }) =>
      state === 'rejected' && to.type === 'waiting' ? failedAs('rejected') : to,
    ),
}
