import type { NanoUsd } from '@halfrate/core'
import type { CostRow } from '@halfrate/core/money'
import { CHANGING_MODEL } from '../scenario/prices.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Filling in costs works out those that are known as well. */
export const repricesThePriced: Plant = {
  name: 'reprices_the_priced',
  about: 'A known cost is booked anew when unknown ones are filled in.',
  within: 60,
  data: (store) => {
    let isRepriced = false
    return wrappedStore(store, {
      readResults: async (page) => {
        isRepriced ||= 'unpriced' in page
        return await store.readResults(page)
      },
      readCosts: async (query) => {
        const page = await store.readCosts(query)
        return isRepriced ? { ...page, rows: page.rows.map(dearer) } : page
      },
    })
  },
}

// As if the prices of one day were those of every day.
function dearer(row: CostRow): CostRow {
  if (row.costNano === null || row.costNano === 0 || row.model !== CHANGING_MODEL) return row
  return { ...row, costNano: (row.costNano + 1) as NanoUsd }
}
