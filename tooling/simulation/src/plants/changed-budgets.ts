import type { Store } from '@halfrate/core'
import type { Budget } from '@halfrate/core/budgets'
import { wrappedStore } from './wrapped-store.js'

/** A store whose budgets are seen as something else. */
export function changedBudgets(store: Store, change: (budget: Budget) => Budget): Store {
  return wrappedStore(store, {
    getSetting: async (name) => {
      const stored = await store.getSetting(name)
      if (!/^budgets(?::|$)/.test(name.name) || stored === null || stored.value === null) {
        return stored
      }
      return { ...stored, value: change(stored.value as Budget) }
    },
  })
}
