import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** An answer of the wrong form is asked for anew, without a word of what is wrong with it. */
export const notSentBack: Plant = {
  name: 'not_sent_back',
  about: 'A request with an answer of the wrong form goes with the body that it had.',
  within: 200,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.changed?.reason === 'output_repaired'
        ? { ...to, changed: undefined }
        : to,
    ),
}
