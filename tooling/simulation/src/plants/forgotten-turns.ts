import type { RequestLife } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What pauses again and again is continued for ever. */
export const forgottenTurns: Plant = {
  name: 'forgotten_turns',
  about: 'Nobody remembers how often a paused answer went on, so it goes on each time.',
  within: 200,
  store: (store) =>
    wrappedStore(store, {
      getRequest: async (params) => withoutReasons(await store.getRequest(params)),
    }),
}

/** A request of whose changed bodies nobody knows why they were made. */
export function withoutReasons(life: RequestLife | null): RequestLife | null {
  return life === null ? null : { ...life, changedBodies: [] }
}
