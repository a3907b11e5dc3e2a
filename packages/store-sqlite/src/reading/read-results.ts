import type {
  JobResultsPage,
  NanoUsd,
  QueueResultsPage,
  ResultRow,
  ResultsPage,
  UnpricedPage,
} from '@halfrate/core'
import {
  attemptOf,
  attemptsOfRequestsQuery,
  listedRequestsQuery,
  looseRequestsQuery,
  type NameOf,
  outcomeTypes,
  type PlainAttemptRow,
  type RequestRow,
  type ResultLineRow,
  requestOf,
  requestStates,
  requestsByIdQuery,
  resultLinesQuery,
  resultOf,
  sqliteQueries,
  type UsageRow,
  unpricedAttemptsQuery,
} from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'
import { runQuery } from './run-query.js'
import { readableJob, scopeIdsOf } from './scope-ids.js'

/** See `ReadStore.readResults`. */
export function readResults(session: Session, params: ResultsPage): readonly ResultRow[] {
  const page = { ...params, limit: pageOf(session, params.limit) }
  return session.reader.snapshot(() => {
    if ('unpriced' in page) return unpricedRows(session, page)
    return resultRowsOf(
      session,
      'jobId' in page ? listedRows(session, page) : looseRows(session, page),
    )
  })
}

function unpricedRows(session: Session, page: UnpricedPage): readonly ResultRow[] {
  const projectId = session.names.find(page.project)
  if (projectId === null) return []
  const found = runQuery(session.reader, unpricedAttemptsQuery(sqliteQueries, projectId, page))
  const ids = found.map(({ request_id }) => request_id)
  const rows = runQuery(session.reader, requestsByIdQuery(sqliteQueries, ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const attempts = attemptsOfRows(session, rows)
  const shown = found.map((attempt) => ({
    row: byId.get(attempt.request_id) as RequestRow,
    attempt,
  }))
  return shownRows(session, shown, attempts)
}

function listedRows(session: Session, page: JobResultsPage): readonly RequestRow[] {
  const projectId = session.names.find(page.project)
  const job = projectId === null ? undefined : readableJob(session, projectId, page.jobId)
  if (job === undefined) return []
  return runQuery(session.reader, listedRequestsQuery(sqliteQueries, job, page))
}

function looseRows(session: Session, page: QueueResultsPage): readonly RequestRow[] {
  const scope = scopeIdsOf(session, { project: page.project, queue: page.queue })
  if (scope === null || scope.queueId === null) return []
  const queue = { ...scope, queueId: scope.queueId }
  return runQuery(session.reader, looseRequestsQuery(sqliteQueries, queue, page))
}

/** Puts to the rows of requests what they ended with, in two statements: their attempts, and the lines to show. */
export function resultRowsOf(session: Session, rows: readonly RequestRow[]): readonly ResultRow[] {
  const attempts = attemptsOfRows(session, rows)
  const shown = rows.map((row) => ({ row, attempt: shownAttempt(row, attempts.get(row.id) ?? []) }))
  return shownRows(session, shown, attempts)
}

interface ShownRow {
  readonly row: RequestRow
  readonly attempt: PlainAttemptRow | undefined
}

function shownRows(
  session: Session,
  shown: readonly ShownRow[],
  attempts: ReadonlyMap<number, readonly PlainAttemptRow[]>,
): readonly ResultRow[] {
  const lines = linesOf(session, shown)
  return shown.map(({ row, attempt }) => ({
    ...resultOfAttempt(attempt, lines, session.names.textOf),
    request: requestOf(row, session.names.textOf),
    paidNano: paidFor(attempts.get(row.id) ?? []),
  }))
}

function attemptsOfRows(
  session: Session,
  rows: readonly RequestRow[],
): ReadonlyMap<number, readonly PlainAttemptRow[]> {
  const ids = rows.map((row) => row.id)
  const attempts = runQuery(session.reader, attemptsOfRequestsQuery(sqliteQueries, ids))
  const byRequest = new Map<number, PlainAttemptRow[]>()
  for (const attempt of attempts) {
    const there = byRequest.get(attempt.request_id)
    if (there === undefined) byRequest.set(attempt.request_id, [attempt])
    else there.push(attempt)
  }
  return byRequest
}

// The attempt that a done request ended with, else its newest settled one.
function shownAttempt(
  row: RequestRow,
  attempts: readonly PlainAttemptRow[],
): PlainAttemptRow | undefined {
  const result = resultOf(row)
  if (row.state !== requestStates.code('done') || result === null) {
    return attempts.findLast((attempt) => attempt.outcome !== null)
  }
  return attempts.find(
    ({ submission_id, ordinal }) =>
      submission_id === result.submissionId && ordinal === result.ordinal,
  )
}

function linesOf(
  session: Session,
  shown: readonly { readonly attempt: PlainAttemptRow | undefined }[],
): ReadonlyMap<number, ResultLineRow> {
  const ids = shown.flatMap(({ attempt }) => attempt?.result_id ?? [])
  const lines = runQuery(session.reader, resultLinesQuery(sqliteQueries, ids))
  return new Map(lines.map((line) => [line.id, line]))
}

const NO_USAGE: UsageRow = {
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_5m_tokens: null,
  cache_write_1h_tokens: null,
  web_search_requests: null,
  inference_geo: null,
}

function resultOfAttempt(
  attempt: PlainAttemptRow | undefined,
  lines: ReadonlyMap<number, ResultLineRow>,
  nameOf: NameOf,
): Pick<ResultRow, 'attempt' | 'line'> {
  if (attempt === undefined) return { attempt: null, line: null }
  const line = attempt.result_id === null ? undefined : lines.get(attempt.result_id)
  return {
    attempt: attemptOf({ ...attempt, ...(line ?? NO_USAGE) }, nameOf),
    line: line === undefined ? null : plainBytes(line.bytes),
  }
}

function paidFor(attempts: readonly PlainAttemptRow[]): NanoUsd | null {
  let paid = 0
  for (const { outcome, cost_nano } of attempts) {
    if (outcome === outcomeTypes.code('succeeded') && cost_nano === null) return null
    paid += cost_nano ?? 0
  }
  return paid as NanoUsd
}
