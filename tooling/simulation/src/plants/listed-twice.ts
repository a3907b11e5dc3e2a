import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A request that waits for another try is in two states. */
export const listedTwice: Plant = {
  name: 'listed_twice',
  about: 'Requests that wait for another try are listed as assigned as well.',
  within: 20,
  data: (store) =>
    wrappedStore(store, {
      listRequests: async (params) => {
        const { states } = params
        const isOfAssigned = states?.length === 1 && states[0] === 'assigned'
        if (!isOfAssigned) return await store.listRequests(params)
        const both = await store.listRequests({ ...params, states: ['waiting', 'assigned'] })
        return both.filter(({ state, attemptCount }) => state === 'assigned' || attemptCount > 0)
      },
    }),
}
