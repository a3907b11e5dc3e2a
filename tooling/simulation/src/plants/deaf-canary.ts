import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The rest of a job goes although its canary was no good. */
export const deafCanary: Plant = {
  name: 'deaf_canary',
  about: 'Whatever a canary showed, it is noted as good.',
  within: 400,
  view: (store) =>
    wrappedStore(store, {
      putSetting: async (params) => {
        const value = params.value as { readonly state?: string } | null
        const isStop = params.name.startsWith('canary:') && value?.state === 'stopped'
        return await store.putSetting(
          isStop ? { ...params, value: { ...value, state: 'passed' } } : params,
        )
      },
    }),
}
