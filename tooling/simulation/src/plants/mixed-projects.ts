import type { MemberBody, Store } from '@halfrate/core'
import { otherProjects } from './other-projects.js'
import type { Plant } from './plant.js'
import { wrappedStore } from './wrapped-store.js'

/** A batch takes a request of the other project along. */
export const mixedProjects: Plant = {
  name: 'mixed_projects',
  about: 'The last place of a batch is given to a request of another project.',
  within: 20,
  store: (store) =>
    wrappedStore(store, {
      readMembers: async (params) => await withStranger(store, params),
    }),
}

async function withStranger(
  store: Store,
  params: Parameters<Store['readMembers']>[0],
): Promise<readonly MemberBody[]> {
  const members = await store.readMembers(params)
  const submission = await store.getSubmission(params)
  const last = members.at(-1)
  if (last === undefined || last.ordinal === 0 || submission === null) return members
  for (const project of otherProjects(submission.project)) {
    const page = { scope: { project }, states: null, afterId: 0, limit: 1 }
    const [stranger] = await store.listRequests(page)
    if (stranger === undefined) continue
    return [...members.slice(0, -1), { ...last, requestId: stranger.id }]
  }
  return members
}
