import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** What was cut off is sent once more, and is cut off where it was. */
export const capNotRaised: Plant = {
  name: 'cap_not_raised',
  about: 'A request whose cap is raised goes with the body that it had.',
  within: 200,
  store: (store) =>
    changedRelease(store, ({ to }) => (to.type === 'waiting' ? { ...to, changed: undefined } : to)),
}
