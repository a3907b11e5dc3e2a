import {
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  type Filling,
  type Job,
  laneKey,
  type ProjectId,
  type RequestId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { type BookedRequest, RequestBook } from '../../src/provider/request-book.js'
import { NEIGHBOUR } from '../../src/scenario/neighbour.js'
import { Q1, RowMaker } from '../../src/scenario/workload.js'

/** A store in which two projects have put the same rows under the same names, and what they were promised. */
export interface TwoProjects {
  readonly store: MemoryStore
  readonly book: RequestBook
  /** By project: a loose request, and one of the job. */
  readonly ids: ReadonlyMap<ProjectId, readonly RequestId[]>
  readonly jobs: ReadonlyMap<ProjectId, Job>
}

/** The name of the job that each of them has. */
export const JOB = 'job-0'

/** Makes one. */
export async function twoProjects(): Promise<TwoProjects> {
  const store = new MemoryStore({ now: () => 1_000, pageLimit: 100, workers: 'many' })
  const book = new RequestBook()
  const ids = new Map<ProjectId, readonly RequestId[]>()
  const jobs = new Map<ProjectId, Job>()
  for (const project of [DEFAULT_PROJECT, NEIGHBOUR]) {
    const job = await store.openJob({ project, queue: Q1, name: JOB })
    const filling = { id: job.id, part: job.openPart, fill: job.fill }
    const put = [
      await putOne(store, project, 'loose', null),
      await putOne(store, project, 'row', filling),
    ]
    await store.commitJob({ ...filling, newRows: 1, rowCount: 1, sourceDigest: null })
    for (const [index, id] of put.entries())
      book.add(booked(project, id, index === 0 ? 'loose' : 'row'))
    ids.set(project, put)
    jobs.set(project, job)
  }
  return { store, book, ids, jobs }
}

/** A request that its store promised. */
export function booked(project: ProjectId, id: RequestId, key: string): BookedRequest {
  return {
    ...{ id, key, project, token: 'token-1', model: 'claude-haiku-4-5', queue: Q1, tail: '' },
    ...{ createdAt: 1_000, isAccepted: true, isCanceled: false },
  }
}

async function putOne(
  store: MemoryStore,
  project: ProjectId,
  key: string,
  job: Filling | null,
): Promise<RequestId> {
  const lane = laneKey({})
  const row = job === null ? null : 1
  const made = new RowMaker().make({ key, row, model: 'claude-haiku-4-5', lane, shared: null })
  const account = DEFAULT_ACCOUNT
  const put = { project, account, queue: Q1, job, onConflict: 'report', rows: [made] } as const
  const [answer] = await store.putRequests(put)
  return answer?.id as RequestId
}
