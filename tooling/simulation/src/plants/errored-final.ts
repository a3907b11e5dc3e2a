import { changedRelease, failedAs } from './changed-release.js'
import type { Plant } from './plant.js'

/** The first error of a row is its last. */
export const erroredFinal: Plant = {
  name: 'errored_final',
  about: 'A row that errored is never tried again.',
  within: 30,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.countAs === 'failure' ? failedAs('gave_up') : to,
    ),
}
