import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The rest of a job goes while its primer is away. */
export const restBesidePrimer: Plant = {
  name: 'rest_beside_primer',
  about: 'A primer that is not back counts as one that has written.',
  within: 100,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        const value = setting?.value as { readonly state?: string } | null | undefined
        const isAway = name.name.startsWith('primer:') && value?.state === 'away'
        return setting !== null && isAway
          ? { ...setting, value: { ...value, state: 'written' } }
          : setting
      },
    }),
}
