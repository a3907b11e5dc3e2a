import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A scan that leads to a question does not write it down. */
export const droppedQuestion: Plant = {
  name: 'dropped_question',
  about: 'Nobody learns that a person is to be asked about a lost answer.',
  within: 200,
  store: (store) =>
    wrappedStore(store, {
      recordScan: ({ search: { askingSince: _, ...search }, ...params }) =>
        store.recordScan({ ...params, search }),
    }),
}
