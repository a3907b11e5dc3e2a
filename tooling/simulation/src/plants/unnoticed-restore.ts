import { RECOVERY_SETTING } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** That the store is older than what it has sent is never written down. */
export const unnoticedRestore: Plant = {
  name: 'unnoticed_restore',
  about: 'A store that was put back from a backup sends on, and takes in nothing that it forgot.',
  within: 600,
  store: (store) =>
    wrappedStore(store, {
      putSetting: async (params) => {
        const { scope, name } = params
        const isRecovery = scope === RECOVERY_SETTING.scope && name === RECOVERY_SETTING.name
        return isRecovery ? null : await store.putSetting(params)
      },
    }),
}
