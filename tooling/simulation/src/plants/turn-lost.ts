import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** What paused begins anew, as if nothing had been said. */
export const turnLost: Plant = {
  name: 'turn_lost',
  about: 'A request whose answer paused goes with the body that it had.',
  within: 200,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.changed?.reason === 'pause_continued'
        ? { ...to, changed: undefined }
        : to,
    ),
}
