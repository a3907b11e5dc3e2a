import type { Attempt } from '../model/attempt.js'
import type { ChildBody } from '../model/changed-body.js'
import type { JobId, ProjectId, QueueName, RequestId, SubmissionId } from '../model/ids.js'
import { type NanoUsd, ZERO_USD } from '../model/money.js'
import type { Request, RequestState } from '../model/request.js'
import type { ResultRow } from '../model/result-row.js'
import type { Submission } from '../model/submission.js'
import type {
  JobResultsPage,
  QueueResultsPage,
  RequestLife,
  RequestScope,
  ResultsPage,
  UnpricedPage,
} from '../ports/store-reading.js'
import { listingOf, newestUnder, replacedBy, requestsIn, rowOf } from './scope.js'
import { keyText, type StoredRequest } from './stored-request.js'
import type { Tables } from './tables.js'

/** See {@link ReadStore.getRequest}. */
export function getRequest(
  tables: Tables,
  params: Readonly<
    | { project: ProjectId; id: RequestId }
    | {
        project: ProjectId
        scope: { jobId: JobId } | { queue: QueueName }
        key: string
        keyHash: Uint8Array
      }
  >,
): RequestLife | null {
  const row = 'id' in params ? tables.requests.get(params.id) : findByKey(tables, params)
  if (row == null || row.request.project !== params.project) return null
  const attempts = tables.attempts.ofRequest(row.request.id)
  return {
    request: row.request,
    attempts: attempts.map((attempt) => ({
      attempt,
      submission: tables.submissions.need(attempt.submissionId),
    })),
    changedBodies: changedBodies(tables, [row.request, ...attempts]),
    replaced: [...replacedBy(tables, row)].map((older) => older.request.id),
  }
}

function changedBodies(
  tables: Tables,
  users: readonly { readonly bodyId: number }[],
): readonly ChildBody[] {
  const ids = [...new Set(users.map(({ bodyId }) => bodyId))].sort((a, b) => a - b)
  return ids.flatMap((bodyId) => {
    const made = tables.bytes.bodies.get(bodyId)?.made
    return made === undefined ? [] : [{ bodyId, reason: made.reason }]
  })
}

function findByKey(
  tables: Tables,
  params: Readonly<{
    project: ProjectId
    scope: { jobId: JobId } | { queue: QueueName }
    key: string
  }>,
): StoredRequest | null {
  const { project, scope, key } = params
  return newestUnder(tables, keyText('jobId' in scope ? scope : { project, ...scope }, key))
}

/** See {@link ReadStore.listRequests}. */
export function listRequests(
  tables: Tables,
  params: Readonly<{
    scope: RequestScope
    states: readonly RequestState[] | null
    afterId: number
    limit: number
  }>,
): readonly Request[] {
  const found: Request[] = []
  for (const { request } of requestsIn(tables, params.scope, { older: false })) {
    if (request.id <= params.afterId) continue
    if (params.states === null || params.states.includes(request.state)) found.push(request)
  }
  // A job's listing is in row order, the answer in order of ids.
  if (params.scope.jobId !== undefined) found.sort((a, b) => a.id - b.id)
  return found.slice(0, tables.pageOf(params.limit))
}

/** See {@link ReadStore.readResults}. */
export function readResults(tables: Tables, page: ResultsPage): readonly ResultRow[] {
  if ('unpriced' in page) return unpricedRows(tables, page)
  const found = 'jobId' in page ? listedRows(tables, page) : looseRequests(tables, page)
  return found.map((request) => resultRow(tables, request))
}

function listedRows(tables: Tables, page: JobResultsPage): readonly Request[] {
  const listing = listingOf(tables, page.project, page.jobId)
  const start = firstAfter(tables, listing, page.afterRow)
  return listing
    .slice(start, start + tables.pageOf(page.limit))
    .map((id) => tables.requests.need(id).request)
}

function looseRequests(tables: Tables, page: QueueResultsPage): readonly Request[] {
  const { project, queue, afterId, doneFrom } = page
  const found: Request[] = []
  for (const { request } of requestsIn(tables, { project, queue }, { older: false })) {
    if (request.jobId !== null || request.id <= afterId) continue
    if (request.doneAt === null || request.doneAt >= doneFrom) found.push(request)
  }
  return found.slice(0, tables.pageOf(page.limit))
}

function unpricedRows(tables: Tables, page: UnpricedPage): readonly ResultRow[] {
  const { project, afterId, afterNumber } = page
  const found: Attempt[] = []
  for (const { request } of requestsIn(tables, { project }, { older: true })) {
    if (request.id < afterId) continue
    const least = request.id === afterId ? afterNumber : 0
    const attempts = tables.attempts.ofRequest(request.id).filter(isUnpriced)
    found.push(...attempts.filter(({ number }) => number > least))
  }
  found.sort((a, b) => a.requestId - b.requestId || a.number - b.number)
  return found.slice(0, tables.pageOf(page.limit)).map((attempt) => {
    return rowOfAttempt(tables, tables.requests.need(attempt.requestId).request, attempt)
  })
}

function isUnpriced({ outcome, costNano }: Attempt): boolean {
  return outcome === 'succeeded' && costNano === null
}

// Halves the listing until it finds the first request whose row is above the given one.
function firstAfter(tables: Tables, listing: readonly RequestId[], afterRow: number): number {
  let low = 0
  let high = listing.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { request } = tables.requests.need(listing[middle] as RequestId)
    if (rowOf(request) > afterRow) high = middle
    else low = middle + 1
  }
  return low
}

/** A request with the line that it ended with, or its newest one. */
export function resultRow(tables: Tables, request: Request): ResultRow {
  const attempts = tables.attempts.ofRequest(request.id)
  const attempt =
    request.state === 'done' && request.result !== null
      ? tables.attempts.need(request.result)
      : newestSettled(attempts)
  return rowOfAttempt(tables, request, attempt)
}

function rowOfAttempt(tables: Tables, request: Request, attempt: Attempt | null): ResultRow {
  const attempts = tables.attempts.ofRequest(request.id)
  const stored = attempt?.resultId == null ? null : tables.bytes.results.get(attempt.resultId)
  return { request, attempt, line: stored?.bytes.slice() ?? null, paidNano: paidFor(attempts) }
}

function newestSettled(attempts: readonly Attempt[]): Attempt | null {
  return attempts.findLast((attempt) => attempt.outcome !== null) ?? null
}

function paidFor(attempts: readonly Attempt[]): NanoUsd | null {
  let paid: number = ZERO_USD
  for (const { outcome, costNano } of attempts) {
    if (outcome === 'succeeded' && costNano === null) return null
    paid += costNano ?? 0
  }
  return paid as NanoUsd
}

/** See {@link ReadStore.submissionsOf}. */
export function submissionsOf(
  tables: Tables,
  params: Readonly<{ scope: RequestScope; afterId: number; limit: number }>,
): readonly Submission[] {
  const ids = new Set<SubmissionId>()
  for (const { request } of requestsIn(tables, params.scope, { older: true })) {
    for (const { submissionId } of tables.attempts.ofRequest(request.id)) {
      if (submissionId > params.afterId) ids.add(submissionId)
    }
  }
  return [...ids]
    .sort((a, b) => a - b)
    .slice(0, tables.pageOf(params.limit))
    .map((id) => tables.submissions.need(id))
}
