import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** The answer of a batch whose request was called as well is dropped, though it is paid. */
export const forgottenLoser: Plant = {
  name: 'forgotten_loser',
  about: 'What a hedged batch brings after the call has answered is not booked.',
  within: 300,
  view: (store) => {
    const hedged = new Set<number>()
    return wrappedStore(store, {
      hedge: async (params) => {
        const result = await store.hedge(params)
        if (result.type === 'opened') hedged.add(params.submissionId)
        return result
      },
      settle: async (params) => {
        if (!hedged.has(params.submissionId)) return await store.settle(params)
        const kept = await store.settle({ ...params, lines: [] })
        return { ...kept, duplicates: params.lines.length }
      },
    })
  },
}
