import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The rest of a job waits for its primer for a moment only, and says that it was late. */
export const impatientPrimer: Plant = {
  name: 'impatient_primer',
  about: 'Whatever a queue allows, a primer is taken for late after a second.',
  within: 200,
  view: (store) =>
    wrappedStore(store, {
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        const value = setting?.value as { readonly state?: string; readonly at?: number } | null
        const isAway = name.name.startsWith('primer:') && value?.state === 'away'
        return setting !== null && isAway
          ? { ...setting, value: { ...value, until: (value?.at ?? 0) + 1_000 } }
          : setting
      },
      putSetting: async (params) => {
        const value = params.value as { readonly reason?: string } | null
        const isLate = params.name.startsWith('primer:') && value?.reason === 'late'
        const before = isLate ? await store.getSetting(params) : null
        const { until = null } = (before?.value ?? {}) as { readonly until?: number | null }
        return await store.putSetting(isLate ? { ...params, value: { ...value, until } } : params)
      },
    }),
}
