import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Nobody hears of what it costs. */
export const untoldOrphan: Plant = {
  name: 'untold_orphan',
  about: 'A batch that turns up after it was given up is booked, and nobody is told.',
  within: 150,
  view: (store) =>
    wrappedStore(store, {
      recordEvidence: async (params) => {
        const result = await store.recordEvidence(params)
        return result.submission?.orphan === true ? { ...result, type: 'known' } : result
      },
    }),
}
