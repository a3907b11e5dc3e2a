import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Batches that could be the one do not hold up its being given up. */
export const ignoredCandidates: Plant = {
  name: 'ignored_candidates',
  about: 'An answer is given up while a batch of its count is still unidentified.',
  within: 150,
  store: (store, { settings }) =>
    wrappedStore(store, {
      recordScan: async (params) => {
        const submission = await store.getSubmission(params)
        const settledAt = (submission?.sendNotAfterAt ?? 0) + settings.settleMs
        const isOver = (await store.now()) >= settledAt && submission?.state === 'ambiguous'
        const lost = isOver ? { possiblyPaid: false } : params.lost
        return await store.recordScan({ ...params, lost })
      },
    }),
}
