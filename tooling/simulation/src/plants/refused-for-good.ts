import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** What was refused ends, though its queue has another model to ask. */
export const refusedForGood: Plant = {
  name: 'refused_for_good',
  about: 'A refusal is final, whatever the policy of the queue says.',
  within: 200,
  store: (store) =>
    changedRelease(store, ({ to }) =>
      to.type === 'waiting' && to.changed?.reason === 'refused_other_model'
        ? { type: 'done', verdict: to.changed.otherwise }
        : to,
    ),
}
