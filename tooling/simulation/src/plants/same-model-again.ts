import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** What was refused is asked once more of the model that refused it. */
export const sameModelAgain: Plant = {
  name: 'same_model_again',
  about: 'A refused request goes with the body that it had.',
  within: 200,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.changed?.reason === 'refused_other_model'
        ? { ...to, changed: undefined }
        : to,
    ),
}
