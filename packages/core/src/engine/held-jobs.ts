import type { JobId, RequestId } from '../model/ids.js'
import type { Request } from '../model/request.js'
import type { WaitingGroup, WaitingRequest } from '../ports/store-planning.js'

/** A group of waiting requests, and the job whose first ones these are, for which the rest of it waits; absent where they are nobody's. */
export interface PlannedGroup extends WaitingGroup {
  readonly canary?: JobId | undefined
}

/** Names the requests that could share a batch. */
export type GroupPlace = Pick<WaitingGroup, 'account' | 'lane' | 'batchLimit' | 'maxId'>

/** Jobs of which nothing is sent but a few requests, and what of these may be sent now. */
export class HeldJobs {
  readonly #held = new Map<JobId, readonly Request[]>()

  /** Every job that is held. */
  get ids(): readonly JobId[] {
    return [...this.#held.keys()]
  }

  has(jobId: JobId): boolean {
    return this.#held.has(jobId)
  }

  /** Holds a job back but for these requests of it. */
  set(jobId: JobId, sendable: readonly Request[]): void {
    this.#held.set(jobId, sendable)
  }

  /** Lets a job go. */
  delete(jobId: JobId): void {
    this.#held.delete(jobId)
  }

  /** What may be sent now, a group for each of the jobs but those in `except`. */
  groups(except: readonly JobId[]): readonly PlannedGroup[] {
    const groups: PlannedGroup[] = []
    for (const [canary, requests] of this.#held) {
      const [first] = requests
      if (first === undefined || except.includes(canary)) continue
      const alike = requests.filter((request) => isIn(request, first))
      const { account, lane, batchLimit } = first
      groups.push({
        ...{ account, lane, batchLimit, canary, count: alike.length },
        bytes: alike.reduce((sum, { itemBytes }) => sum + itemBytes, 0),
        oldestCreatedAt: Math.min(...alike.map(({ createdAt }) => createdAt)),
        maxId: Math.max(...alike.map(({ id }) => id)),
      })
    }
    return groups
  }

  /** The next requests of a job that share a group. Those that joined a batch are not among them. */
  page(jobId: JobId, place: GroupPlace, limit: number): readonly WaitingRequest[] {
    const alike = (this.#held.get(jobId) ?? []).filter((request) => isIn(request, place))
    return alike.slice(0, limit)
  }

  /** Notes what is about to join a batch. */
  note(members: readonly Pick<WaitingRequest, 'id' | 'jobId'>[]): void {
    const ids = new Set<RequestId>(members.map(({ id }) => id))
    for (const jobId of new Set(members.map((member) => member.jobId))) {
      const requests = jobId === null ? undefined : this.#held.get(jobId)
      if (jobId === null || requests === undefined) continue
      this.#held.set(
        jobId,
        requests.filter(({ id }) => !ids.has(id)),
      )
    }
  }
}

function isIn(request: Request, place: Omit<GroupPlace, 'maxId'>): boolean {
  return (
    request.account === place.account &&
    request.lane === place.lane &&
    request.batchLimit === place.batchLimit
  )
}
