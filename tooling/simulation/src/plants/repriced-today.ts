import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Costs are filled in at the prices of the day on which a line came. */
export const repricedToday: Plant = {
  name: 'repriced_today',
  about: 'A cost that is filled in is not that of the day on which the batch was made.',
  within: 300,
  data: (store) => {
    let isReprice = false
    return wrappedStore(store, {
      readResults: async (page) => {
        isReprice = 'unpriced' in page
        return await store.readResults(page)
      },
      getSubmission: async (params) => {
        const submission = await store.getSubmission(params)
        return isReprice && submission !== null
          ? { ...submission, remoteCreatedAt: null }
          : submission
      },
    })
  },
}
