import { ZERO_USD } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Of budgets only what is paid already is looked at. */
export const forgottenHolds: Plant = {
  name: 'forgotten_holds',
  about: 'What is under way counts against no budget, and sealing asks none.',
  within: 40,
  store: (store) =>
    wrappedStore(store, {
      budgetUse: async (params) => ({
        ...(await store.budgetUse(params)),
        heldNano: ZERO_USD,
      }),
      sealSubmission: async ({ budgets: _, ...params }) => await store.sealSubmission(params),
    }),
}
