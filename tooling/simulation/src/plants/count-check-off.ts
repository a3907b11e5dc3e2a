import type { Store, SubmissionId } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A results file that ended well is taken for whole. */
export const countCheckOff: Plant = {
  name: 'count_check_off',
  about: 'A batch is closed after its first fetch, whether or not every row was in it.',
  within: 150,
  store: (store) => unchecked(store),
}

function unchecked(store: Store): Store {
  const fetched = new Set<SubmissionId>()
  return wrappedStore(store, {
    settle: async (params) => {
      fetched.add(params.submissionId)
      return await store.settle(params)
    },
    countAttempts: async (params) => {
      const counted = await store.countAttempts(params)
      if (!fetched.has(params.submissionId)) return counted
      const submission = await store.getSubmission(params)
      return { ...counted, outcomes: submission?.counts ?? counted.outcomes }
    },
  })
}
