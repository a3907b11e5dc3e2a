import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Two that seal at once under one budget both fit. */
export const unjudgedSeals: Plant = {
  name: 'unjudged_seals',
  about: 'Sealing trusts what planning has seen of the budgets.',
  within: 600,
  store: (store) =>
    wrappedStore(store, {
      sealSubmission: async ({ budgets: _, ...params }) => await store.sealSubmission(params),
    }),
}
