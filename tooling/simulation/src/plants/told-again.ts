import type { Store } from '@halfrate/core'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A second event is made of what a handler has taken. */
export const toldAgain: Plant = {
  name: 'told_again',
  about: 'What a handler took is put aside with what it did not take, and comes a second time.',
  within: 20,
  store: (store) =>
    wrappedStore(store, {
      ackDelivery: async (params) => await putAllAside(store, params),
    }),
}

async function putAllAside(
  store: Store,
  params: Parameters<Store['ackDelivery']>[0],
): ReturnType<Store['ackDelivery']> {
  const { deliveryId, position } = params
  const limit = store.traits.pageLimit
  const page = await store.readDelivery({ deliveryId, from: null, limit })
  if (page === null || page.delivery.tries > 0) return await store.ackDelivery(params)
  const passed = page.rows.filter(({ place }) => place < position)
  const requestIds = passed.map(({ request }) => request.id)
  const notTaken = { requestIds, dueAt: await store.now() }
  return await store.ackDelivery({ ...params, notTaken })
}
