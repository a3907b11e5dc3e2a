import type { Store } from '@halfrate/core'
import { otherProjects } from './other-projects.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A request is shown to whoever has its id. */
export const unwalledReads: Plant = {
  name: 'unwalled_reads',
  about: 'A request is shown by its id, whichever project asks.',
  within: 20,
  data: (store) =>
    wrappedStore(store, {
      getRequest: async (params) => await anyRequest(store, params),
    }),
}

async function anyRequest(
  store: Store,
  params: Parameters<Store['getRequest']>[0],
): ReturnType<Store['getRequest']> {
  const own = await store.getRequest(params)
  if (own !== null || !('id' in params)) return own
  for (const project of otherProjects(params.project)) {
    const life = await store.getRequest({ ...params, project })
    if (life !== null) return life
  }
  return null
}
