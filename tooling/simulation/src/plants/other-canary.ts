import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Whoever comes next chooses other requests as the canary of a job. */
export const otherCanary: Plant = {
  name: 'other_canary',
  about: 'Which requests are the canary of a job is forgotten, so that others go as well.',
  within: 100,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        const value = setting?.value as { readonly state?: string } | null | undefined
        const isAway = name.name.startsWith('canary:') && value?.state === 'away'
        return setting !== null && isAway
          ? { ...setting, value: { ...value, requestIds: [] } }
          : setting
      },
    }),
}
