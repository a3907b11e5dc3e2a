import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** Lines are booked by where they stand in the file. */
export const swappedAnswers: Plant = {
  name: 'swapped_answers',
  about: 'Answers go to requests by where they stand in the file, not by their ids.',
  within: 20,
  store: (store) =>
    wrappedStore(store, {
      settle: (params) => {
        const ids = params.lines.map((line) => line.requestId).reverse()
        const lines = params.lines.map((line, index) => ({
          ...line,
          requestId: ids[index] ?? line.requestId,
        }))
        return store.settle({ ...params, lines })
      },
    }),
}
