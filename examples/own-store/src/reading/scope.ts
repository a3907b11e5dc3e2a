import type { JobId, RequestId, RequestScope, RequestState } from '@halfrate/core'
import { fromRank, mergedIdsAfter } from '../rows/pages.js'
import { isNewest, type StoredRequest } from '../rows/stored-request.js'
import type { Step } from '../step.js'

const ALL_STATES: readonly RequestState[] = ['waiting', 'assigned', 'done']

/** A page of requests, and after which id the next one begins; null after the last. */
export interface RequestPage {
  readonly rows: readonly StoredRequest[]
  readonly next: number | null
}

/** A page of the requests of a scope by id: the newest of every key, or with `older` all that were accepted. */
export async function requestPage(
  step: Step,
  scope: RequestScope,
  options: {
    readonly states: readonly RequestState[] | null
    readonly after: number
    readonly older: boolean
    readonly limit: number
  },
): Promise<RequestPage> {
  const keys = (options.states ?? ALL_STATES).map((state) => keyOf(step, scope, state))
  const listedPart = await listedPartOf(step, scope)
  if (listedPart === null) return { rows: [], next: null }
  const ids = await mergedIdsAfter<RequestId>(step.connection, keys, options)
  await step.requests.load(ids)
  const rows = ids.map((id) => step.requests.get(id)).filter((row) => row !== null)
  return {
    rows: rows.filter((row) => isIn(row, scope, listedPart) && (options.older || isNewest(row))),
    next: ids.length < options.limit ? null : (ids.at(-1) ?? null),
  }
}

function keyOf(step: Step, scope: RequestScope, state: RequestState): string {
  const { jobId, project } = scope
  return jobId === undefined
    ? step.keys.accepted(project, state)
    : step.keys.jobAccepted(jobId, state)
}

// The part whose rows count: any (0) outside a job, none (null) of another project's job or one without a commit.
async function listedPartOf(step: Step, scope: RequestScope): Promise<number | null> {
  if (scope.jobId === undefined) return 0
  await step.jobs.load([scope.jobId])
  const job = step.jobs.get(scope.jobId)?.job
  const isTheirs = job?.project === scope.project && job.committedPart > 0
  return isTheirs ? job.committedPart : null
}

function isIn(row: StoredRequest, scope: RequestScope, listedPart: number): boolean {
  if (scope.queue !== undefined && row.request.queue !== scope.queue) return false
  return scope.jobId === undefined || row.listedPart === listedPart
}

/** Ids that a job's newest input lists, in row order, after a row; null when the job is not the project's. */
export async function listedAfter(
  step: Step,
  of: Pick<Required<RequestScope>, 'project' | 'jobId'>,
  page: { readonly afterRow: number; readonly limit: number },
): Promise<readonly RequestId[]> {
  const listing = await listingOf(step, of)
  if (listing === null) return []
  const found = await step.connection.ask<string[]>(
    ...['ZRANGE', listing, `(${page.afterRow}`, '+inf', 'BYSCORE'],
    ...['LIMIT', '0', String(page.limit)],
  )
  return found.map((id) => Number(id) as RequestId)
}

async function listingOf(
  step: Step,
  { project, jobId }: Pick<Required<RequestScope>, 'project' | 'jobId'>,
): Promise<string | null> {
  await step.jobs.load([jobId as JobId])
  const row = step.jobs.get(jobId as JobId)
  const isTheirs = row?.job.project === project && row.listing !== null
  return isTheirs ? step.keys.of('listing', row.listing ?? 0) : null
}

/** Older requests under the same keys, newest first, all loaded. */
export async function olderOf(step: Step, row: StoredRequest): Promise<readonly StoredRequest[]> {
  const chain: StoredRequest[] = []
  for (let id = row.supersedes; id !== null; id = chain.at(-1)?.supersedes ?? null) {
    await step.requests.load([id])
    chain.push(step.requests.need(id))
  }
  return chain
}

/** Members of a sorted set, page by page. */
export async function* membersOf(
  step: Step,
  key: string,
  limit: number,
): AsyncGenerator<readonly string[]> {
  for (let at = 0; ; at += limit) {
    const members = await fromRank(step.connection, key, { at, limit })
    yield members
    if (members.length < limit) return
  }
}
