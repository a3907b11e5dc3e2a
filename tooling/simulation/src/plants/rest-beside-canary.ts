import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The rest of a job goes while its canary is away. */
export const restBesideCanary: Plant = {
  name: 'rest_beside_canary',
  about: 'A canary that is not back counts as one that was good.',
  within: 100,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        const value = setting?.value as { readonly state?: string } | null | undefined
        const isAway = name.name.startsWith('canary:') && value?.state === 'away'
        return setting !== null && isAway
          ? { ...setting, value: { ...value, state: 'passed' } }
          : setting
      },
    }),
}
