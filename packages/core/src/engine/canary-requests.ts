import type { JobId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { Request } from '../model/request.js'
import type { EpochMs } from '../model/time.js'
import type { Store } from '../ports/store.js'
import type { WaitingGroup, WaitingRequest } from '../ports/store-planning.js'

// A job whose first requests can't be sent now, thousands of them, is not gone through to its end.
const MOST_PAGES = 4

/** A job that needs a canary, and what of it was found waiting. */
interface CanaryQuestion {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly jobId: JobId
  /** Most requests of the canary. */
  readonly size: number
  readonly page: readonly WaitingRequest[]
  readonly place: Pick<WaitingGroup, 'account' | 'lane' | 'batchLimit'>
}

/**
 * The first requests of a job, by id, that can be sent now and share a batch with what was found of it. Where many before them
 * can't, they are of those that were found; at least one.
 */
export async function chooseCanary(
  store: Pick<Store, 'listRequests' | 'traits'>,
  { project, queue, jobId, size, page, place }: CanaryQuestion,
  now: EpochMs,
): Promise<readonly Request[]> {
  const chosen: Request[] = []
  const limit = Math.min(store.traits.pageLimit, size)
  let afterId = 0
  for (let pages = 0; pages < MOST_PAGES && chosen.length < size; pages += 1) {
    const scope = { project, jobId }
    const listed = await store.listRequests({ scope, states: ['waiting'], afterId, limit })
    const fitting = listed.filter(
      (each) =>
        each.notBefore <= now &&
        each.account === place.account &&
        each.lane === place.lane &&
        each.batchLimit === place.batchLimit,
    )
    chosen.push(...fitting.slice(0, size - chosen.length))
    if (listed.length < limit) break
    afterId = listed.at(-1)?.id ?? afterId
  }
  if (chosen.length > 0) return chosen
  const found = page.filter((each) => each.jobId === jobId).slice(0, size)
  return await requestsOf(store, { project, queue, ids: found.map(({ id }) => id) })
}

/**
 * Requests of a queue by id, oldest first, without those that another took the place of. Not asked of their job, which lists what its
 * newest input has; what that leaves out waits, and is sent, all the same.
 */
export async function requestsOf(
  store: Pick<Store, 'listRequests' | 'traits'>,
  of: {
    readonly project: ProjectId
    readonly queue: QueueName
    readonly ids: readonly RequestId[]
  },
): Promise<readonly Request[]> {
  const { project, queue, ids } = of
  const wanted = ids.toSorted((one, other) => one - other)
  const found: Request[] = []
  // From one to the next that is wanted, so that what stands between them is not read.
  for (let at = 0; at < wanted.length; ) {
    const afterId = (wanted[at] as number) - 1
    const limit = Math.min(store.traits.pageLimit, wanted.length - at)
    const scope = { project, queue }
    const page = await store.listRequests({ scope, states: null, afterId, limit })
    const upTo = page.length < limit ? Number.POSITIVE_INFINITY : (page.at(-1)?.id ?? 0)
    const isWanted = new Set<number>(wanted.slice(at))
    found.push(...page.filter(({ id }) => isWanted.has(id)))
    while (at < wanted.length && (wanted[at] as number) <= upTo) at += 1
  }
  return found
}
