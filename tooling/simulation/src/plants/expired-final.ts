import { changedRelease, failedAs } from './changed-release.js'
import type { Plant } from './plant.js'

/** What the provider did not get to within a day is given up. */
export const expiredFinal: Plant = {
  name: 'expired_final',
  about: 'A row that expired is never tried again.',
  within: 90,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.countAs === 'expiry' ? failedAs('expired') : to,
    ),
}
