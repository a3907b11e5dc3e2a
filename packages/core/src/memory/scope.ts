import type { JobId, ProjectId, RequestId } from '../model/ids.js'
import type { Request } from '../model/request.js'
import type { RequestScope } from '../ports/store-reading.js'
import type { StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

// Whether a request is the newest accepted one under its key.
function isNewest(tables: Tables, row: StoredRequest): boolean {
  const { supersededBy } = row.request
  if (!row.accepted) return false
  return supersededBy === null || tables.requests.get(supersededBy)?.accepted !== true
}

/** The newest accepted request under a key; null when there is none. */
export function newestUnder(tables: Tables, key: string): StoredRequest | null {
  let row = tables.requests.newestUnder(key)
  while (row !== undefined && !row.accepted) row = before(tables, row)
  return row ?? null
}

/** Older requests under the same key, newest first. */
export function* replacedBy(tables: Tables, row: StoredRequest): Generator<StoredRequest> {
  for (let older = before(tables, row); older !== undefined; older = before(tables, older)) {
    yield older
  }
}

function before(tables: Tables, row: StoredRequest): StoredRequest | undefined {
  return row.supersedes === null ? undefined : tables.requests.get(row.supersedes)
}

/** Requests that a job's newest committed input listed, in row order. */
export function listingOf(tables: Tables, project: ProjectId, jobId: JobId): readonly RequestId[] {
  const job = tables.jobs.get(jobId)
  if (job === undefined || job.project !== project || job.committedPart === 0) return []
  const kept = tables.jobs.listings.get(jobId)
  if (kept !== undefined) return kept
  const listing = [...tables.requests.ofJob(jobId)]
    .map((id) => tables.requests.need(id))
    .filter((row) => row.listedPart === job.committedPart && isNewest(tables, row))
    .map((row) => row.request)
    .sort((a, b) => rowOf(a) - rowOf(b) || a.id - b.id)
    .map((request) => request.id)
  tables.jobs.listings.set(jobId, listing)
  return listing
}

/** The row of a listed request. */
export function rowOf(request: Request): number {
  return request.row ?? 0
}

/** The newest requests of a scope, and with `older` also those that they took the place of. */
export function* requestsIn(
  tables: Tables,
  scope: RequestScope,
  options: { readonly older: boolean },
): Generator<StoredRequest> {
  if (scope.jobId === undefined) {
    for (const row of tables.requests.all()) {
      const isShown = options.older ? row.accepted : isNewest(tables, row)
      if (isShown && isIn(row.request, scope)) yield row
    }
    return
  }
  for (const id of listingOf(tables, scope.project, scope.jobId)) {
    const row = tables.requests.need(id)
    if (!isIn(row.request, scope)) continue
    yield row
    if (options.older) yield* replacedBy(tables, row)
  }
}

function isIn(request: Request, scope: RequestScope): boolean {
  if (request.project !== scope.project) return false
  return scope.queue === undefined || request.queue === scope.queue
}
