import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The intent to send is not written. */
export const droppedSending: Plant = {
  name: 'dropped_sending',
  about: 'A send begins without its intent in the store.',
  within: 10,
  store: (store) =>
    wrappedStore(store, {
      beginSend: async (params) => {
        const submission = await store.getSubmission(params)
        if (submission === null) return await store.beginSend(params)
        const sendStartedAt = await store.now()
        const sendNotAfterAt = sendStartedAt + params.sendMs
        const sent = { ...submission, look: params.look, sendStartedAt, sendNotAfterAt }
        return { type: 'sending', submission: { ...sent, state: 'sending' } }
      },
    }),
}
