import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

const SEAL_MS = 5_000

/**
 * Two that seal at once under one budget both fit. They take their time for it: within the moment of a call they would meet
 * in one of thousands of runs.
 */
export const unjudgedSeals: Plant = {
  name: 'unjudged_seals',
  about: 'Sealing trusts what planning has seen of the budgets.',
  within: 1500,
  view: (store, { process }) =>
    wrappedStore(store, {
      sealSubmission: async ({ budgets: _, ...params }) => {
        await process.pass(SEAL_MS)
        return await store.sealSubmission(params)
      },
    }),
}
