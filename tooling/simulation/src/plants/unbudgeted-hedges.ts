import type { Budget } from '@halfrate/core/budgets'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Calls beside late batches are bounded by a thousand times what their budget says. */
export const unbudgetedHedges: Plant = {
  name: 'unbudgeted_hedges',
  about: 'The cap of hedges is taken for one of micro-dollars.',
  within: 900,
  view: (store) =>
    wrappedStore(store, {
      hedge: (params) => store.hedge({ ...params, budgets: [] }),
      getSetting: async (name) => {
        const setting = await store.getSetting(name)
        if (!name.name.startsWith('budgets-of-hedges:') || setting?.value == null) return setting
        const { caps, ...rest } = setting.value as Budget
        const raised = caps.map((cap) => ({ ...cap, capNano: cap.capNano * 1_000 }))
        return { ...setting, value: { ...rest, caps: raised } }
      },
    }),
}
