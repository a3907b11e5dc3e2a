import { StoreUnavailableError } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What was learned is written once, and forgotten if the store did not take it. */
export const evidenceOnce: Plant = {
  name: 'evidence_once',
  about: 'Evidence is not written again after the store failed to answer.',
  within: 450,
  view: (store) =>
    wrappedStore(store, {
      recordEvidence: async (params) => {
        try {
          return await store.recordEvidence(params)
        } catch (error) {
          if (!(error instanceof StoreUnavailableError)) throw error
          return { type: 'known', submission: null }
        }
      },
    }),
}
