import type { RequestLife } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What is of the wrong form again and again is sent back for ever. */
export const repairedAgain: Plant = {
  name: 'repaired_again',
  about: 'Nobody remembers that an answer was sent back, so each one of the wrong form is.',
  within: 300,
  store: (store) =>
    wrappedStore(store, {
      getRequest: async (params) => unrepaired(await store.getRequest(params)),
    }),
}

function unrepaired(life: RequestLife | null): RequestLife | null {
  if (life === null) return null
  const others = life.changedBodies.filter(({ reason }) => reason !== 'output_repaired')
  return { ...life, changedBodies: others }
}
