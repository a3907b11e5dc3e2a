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
  postgresQueries,
  type RequestRow,
  type ResultLineRow,
  requestOf,
  requestStates,
  requestsByIdQuery,
  resultLinesQuery,
  resultOf,
  type UsageRow,
  unpricedAttemptsQuery,
} from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import { grouped } from '../grouped.js'
import { pageOf, type Session, type Step } from '../session.js'
import { requestNames } from './request-names.js'
import { runQuery } from './run-query.js'
import { readableJob, scopeIdsOf } from './scope-ids.js'

/** See `ReadStore.readResults`. */
export function readResults(session: Session, params: ResultsPage): Promise<readonly ResultRow[]> {
  return session.page((step) => readResultsIn(step, params))
}

/** The same in a step that does more. */
export async function readResultsIn(
  step: Step,
  params: ResultsPage,
): Promise<readonly ResultRow[]> {
  const page = { ...params, limit: pageOf(step, params.limit) }
  if ('unpriced' in page) return await unpricedRows(step, page)
  const rows = 'jobId' in page ? await listedRows(step, page) : await looseRows(step, page)
  return await resultRowsOf(step, rows)
}

async function listedRows(step: Step, page: JobResultsPage): Promise<readonly RequestRow[]> {
  const [projectId] = await step.names.find(step.db, [page.project])
  const job = projectId == null ? undefined : await readableJob(step, projectId, page.jobId)
  if (job === undefined) return []
  return await runQuery(step.db, listedRequestsQuery(postgresQueries, job, page))
}

async function looseRows(step: Step, page: QueueResultsPage): Promise<readonly RequestRow[]> {
  const scope = await scopeIdsOf(step, { project: page.project, queue: page.queue })
  if (scope === null || scope.queueId === null) return []
  const queue = { ...scope, queueId: scope.queueId }
  return await runQuery(step.db, looseRequestsQuery(postgresQueries, queue, page))
}

async function unpricedRows(step: Step, page: UnpricedPage): Promise<readonly ResultRow[]> {
  const [projectId] = await step.names.find(step.db, [page.project])
  if (projectId == null) return []
  const found = await runQuery(step.db, unpricedAttemptsQuery(postgresQueries, projectId, page))
  const ids = found.map(({ request_id }) => request_id)
  const rows = await runQuery(step.db, requestsByIdQuery(postgresQueries, ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const attempts = await attemptsOfRows(step, rows)
  const shown = found.map((attempt) => ({
    row: byId.get(attempt.request_id) as RequestRow,
    attempt,
  }))
  return await shownRows(step, shown, attempts)
}

/** Puts to the rows of requests what they ended with, in two statements: their attempts, and the lines to show. */
export async function resultRowsOf(
  step: Step,
  rows: readonly RequestRow[],
): Promise<readonly ResultRow[]> {
  const attempts = await attemptsOfRows(step, rows)
  const shown = rows.map((row) => {
    return { row, attempt: shownAttempt(row, attempts.get(row.id) ?? []) }
  })
  return await shownRows(step, shown, attempts)
}

interface ShownRow {
  readonly row: RequestRow
  readonly attempt: PlainAttemptRow | undefined
}

async function shownRows(
  step: Step,
  shown: readonly ShownRow[],
  attempts: ReadonlyMap<number, readonly PlainAttemptRow[]>,
): Promise<readonly ResultRow[]> {
  const lines = await linesOf(step, shown)
  const nameOf = await requestNames(
    step,
    shown.map(({ row }) => row),
  )
  return shown.map(({ row, attempt }) => ({
    ...resultOfAttempt(attempt, lines, nameOf),
    request: requestOf(row, nameOf),
    paidNano: paidFor(attempts.get(row.id) ?? []),
  }))
}

async function attemptsOfRows(
  { db }: Step,
  rows: readonly RequestRow[],
): Promise<ReadonlyMap<number, readonly PlainAttemptRow[]>> {
  const ids = rows.map((row) => row.id)
  const attempts = await runQuery(db, attemptsOfRequestsQuery(postgresQueries, ids))
  return grouped(attempts, (attempt) => attempt.request_id)
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

async function linesOf(
  { db }: Step,
  shown: readonly { readonly attempt: PlainAttemptRow | undefined }[],
): Promise<ReadonlyMap<number, ResultLineRow>> {
  const ids = shown.flatMap(({ attempt }) => attempt?.result_id ?? [])
  const lines = await runQuery(db, resultLinesQuery(postgresQueries, ids))
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
