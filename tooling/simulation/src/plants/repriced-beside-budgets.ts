import type { NanoUsd } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The sums of batches are not made anew when a cost is filled in. */
export const repricedBesideBudgets: Plant = {
  name: 'repriced_beside_budgets',
  about: 'A cost that is filled in counts against no budget.',
  within: 60,
  data: (store) => {
    let missed = 0
    return wrappedStore(store, {
      settle: async (params) => {
        const result = await store.settle(params)
        if (result.priced > 0) {
          for (const { costNano } of params.lines) missed += costNano ?? 0
        }
        return result
      },
      budgetUse: async (params) => {
        const use = await store.budgetUse(params)
        return { ...use, spentNano: Math.max(0, use.spentNano - missed) as NanoUsd }
      },
    })
  },
}
