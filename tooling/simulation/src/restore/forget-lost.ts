import type { ProjectId, RequestId, Store } from '@halfrate/core'
import type { RequestBook } from '../provider/request-book.js'

/**
 * Takes back what the book promises and a store that was put back from a backup does not: requests that it lacks, and those
 * of a part that was not committed then. Answers how many it lacks.
 */
export async function forgetLost(
  store: Store,
  book: RequestBook,
  projects: readonly ProjectId[],
): Promise<number> {
  const listed = new Set<RequestId>()
  for (const project of projects) for (const id of await listedIn(store, project)) listed.add(id)
  const kept = new Set<RequestId>()
  for (const booked of book.all()) {
    const { id, project } = booked
    const life = await store.getRequest({ project, id })
    if (life === null) continue
    kept.add(id)
    // The newest of each key is listed, and what one takes the place of was committed before it.
    if (!listed.has(id) && life.request.supersededBy === null) booked.isAccepted = false
  }
  return book.forget(kept)
}

async function listedIn(store: Store, project: ProjectId): Promise<readonly RequestId[]> {
  const limit = store.traits.pageLimit
  const ids: RequestId[] = []
  for (let afterId = 0; ; ) {
    const page = await store.listRequests({ scope: { project }, states: null, afterId, limit })
    ids.push(...page.map(({ id }) => id))
    const last = page.at(-1)
    if (last === undefined || page.length < limit) return ids
    afterId = last.id
  }
}
