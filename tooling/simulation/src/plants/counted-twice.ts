import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A report takes a request that waits for another try for one that is still in its last batch, too. */
export const countedTwice: Plant = {
  name: 'counted_twice',
  about: 'A report counts requests that wait for another try as assigned as well.',
  within: 20,
  data: (store) =>
    wrappedStore(store, {
      report: async (params) => {
        const report = await store.report(params)
        const { retrying, total, byState } = report.counts
        const assigned = byState.assigned + retrying
        const counts = { total: total + retrying, byState: { ...byState, assigned } }
        return { ...report, counts: { ...report.counts, ...counts } }
      },
    }),
}
