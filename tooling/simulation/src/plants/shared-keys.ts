import type { RequestId, Store } from '@halfrate/core'
import { otherProjects } from './other-projects.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A key is canceled in every project that has it. */
export const sharedKeys: Plant = {
  name: 'shared_keys',
  about: 'Whoever cancels a key cancels it in the other project too.',
  within: 60,
  store: (store) =>
    wrappedStore(store, {
      cancel: async (params) => {
        for (const project of otherProjects(params.project)) {
          const requestIds = await sameKeys(store, params, project)
          await store.cancel({ ...params, project, requestIds })
        }
        return await store.cancel(params)
      },
    }),
}

async function sameKeys(
  store: Store,
  { project: own, requestIds }: Parameters<Store['cancel']>[0],
  project: Parameters<Store['cancel']>[0]['project'],
): Promise<readonly RequestId[]> {
  const lives = await Promise.all(requestIds.map((id) => store.getRequest({ project: own, id })))
  const keys = new Set(lives.map((life) => life?.request.key))
  const limit = store.traits.pageLimit
  const page = { scope: { project }, states: null, afterId: 0, limit }
  const theirs = await store.listRequests(page)
  return theirs.filter(({ key }) => keys.has(key)).map(({ id }) => id)
}
