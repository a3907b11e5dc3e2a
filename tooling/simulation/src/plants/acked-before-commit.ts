import { type Job, StoreUnavailableError } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A caller is told that its job is accepted although the commit was not answered. */
export const ackedBeforeCommit: Plant = {
  name: 'acked_before_commit',
  about: 'A commit that failed is reported as done.',
  within: 400,
  view: (store) =>
    wrappedStore(store, {
      commitJob: async (params) => {
        try {
          return await store.commitJob(params)
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error
          return { type: 'committed', job: { id: params.id } as Job }
        }
      },
    }),
}
