import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The second batch of a send is passed over. */
export const unbookedTwin: Plant = {
  name: 'unbooked_twin',
  about: 'The twin that a proxy made is seen and not booked.',
  within: 150,
  store: (store, { judge }) =>
    wrappedStore(store, {
      recordEvidence: async (params) => {
        const { evidence, nonce } = params
        const submission = judge.submissions.byNonce(nonce)
        const remoteId = submission?.remoteId ?? null
        const isTwin = 'batch' in evidence && remoteId !== null && remoteId !== evidence.batch.id
        return isTwin ? { type: 'known', submission } : await store.recordEvidence(params)
      },
    }),
}
