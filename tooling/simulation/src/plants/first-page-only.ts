import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** What does not fit on the first page is overlooked. */
export const firstPageOnly: Plant = {
  name: 'first_page_only',
  about: 'Members after the first page of a send are left out of its body.',
  within: 60,
  view: (store) =>
    wrappedStore(store, {
      readMembers: (params) => (params.after < 0 ? store.readMembers(params) : Promise.resolve([])),
    }),
}
