import { changedRelease } from './changed-release.js'
import type { Plant } from './plant.js'

/** An error that no repeat can mend is taken for one that passes. */
export const permanentRetried: Plant = {
  name: 'permanent_retried',
  about: 'A row that failed for good is sent again.',
  within: 30,
  store: (store) =>
    changedRelease(store, ({ to }) => {
      const isForGood = to.type === 'done' && to.verdict.reason === 'errored'
      if (!isForGood) return to
      return { type: 'waiting', notBefore: 0, countAs: 'nothing', batchLimit: null }
    }),
}
