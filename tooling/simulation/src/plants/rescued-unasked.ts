import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What is late is called at the whole price, whatever its queue says. */
export const rescuedUnasked: Plant = {
  name: 'rescued_unasked',
  about: 'Planning takes every queue for one that is rescued.',
  within: 100,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        if (setting === null || !name.name.startsWith('queue:')) return setting
        const value = setting.value as Readonly<Record<string, unknown>>
        return { ...setting, value: { ...value, rescue: 'reroute' } }
      },
    }),
}
