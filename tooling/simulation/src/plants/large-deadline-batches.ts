import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What is wanted by an instant goes in batches as large as any. */
export const largeDeadlineBatches: Plant = {
  name: 'large_deadline_batches',
  about: 'Planning does not see how small batches with a deadline are to be.',
  within: 100,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        if (setting === null || !name.name.startsWith('queue:')) return setting
        const { deadlineBatchRequests: _, ...value } = setting.value as Readonly<
          Record<string, unknown>
        >
        return { ...setting, value }
      },
    }),
}
