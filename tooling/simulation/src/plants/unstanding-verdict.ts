import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Members are let go for a verdict that evidence has overturned meanwhile. */
export const unstandingVerdict: Plant = {
  name: 'unstanding_verdict',
  about: 'Members leave although the state behind the verdict no longer stands.',
  within: 900,
  store: (store) =>
    wrappedStore(store, {
      releaseMembers: async (params) => {
        const now = await store.getSubmission(params)
        if (now === null) return await store.releaseMembers(params)
        const { state, remoteId } = now
        return await store.releaseMembers({ ...params, state, remoteId })
      },
    }),
}
