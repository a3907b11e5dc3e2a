import type { RequestId } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The last of many rows is not stored, and its caller is told that it is. */
export const droppedRow: Plant = {
  name: 'dropped_row',
  about: 'The last row of a page of loose requests is answered and not stored.',
  within: 20,
  store: (store) =>
    wrappedStore(store, {
      putRequests: async (params) => {
        const { rows, job } = params
        if (job !== null || rows.length < 2) return await store.putRequests(params)
        const stored = await store.putRequests({ ...params, rows: rows.slice(0, -1) })
        const highest = Math.max(...stored.map(({ id }) => id))
        const id = (highest + 1) as RequestId
        return [...stored, { type: 'new', id, part: 0, repeatsRow: null }]
      },
    }),
}
