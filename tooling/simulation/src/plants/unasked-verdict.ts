import type { QueuePolicy } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A queue's wish to be asked is not read. */
export const unaskedVerdict: Plant = {
  name: 'unasked_verdict',
  about: 'Lost answers are sent again although a person is to be asked first.',
  within: 200,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (params) => {
        const setting = await store.getSetting(params)
        const policy = (setting?.value ?? null) as Partial<QueuePolicy> | null
        if (setting === null || policy?.onLostAnswer !== 'ask') return setting
        return { ...setting, value: { ...policy, onLostAnswer: 'resend' } }
      },
    }),
}
