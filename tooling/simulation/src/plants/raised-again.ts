import { withoutReasons } from './forgotten-turns.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What is cut off at the raised cap too is sent for ever. */
export const raisedAgain: Plant = {
  name: 'raised_again',
  about: 'Nobody remembers that a cap was raised, so it is raised each time.',
  within: 200,
  store: (store) =>
    wrappedStore(store, {
      openOutcomes: async (params) =>
        (await store.openOutcomes(params)).map((member) => ({
          ...member,
          maxTokens: 1,
          bodyReason: null,
        })),
      getRequest: async (params) => withoutReasons(await store.getRequest(params)),
    }),
}
