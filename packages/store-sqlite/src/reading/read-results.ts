import type { AttemptRef, JobId, NanoUsd, ProjectId, ResultRow } from '@halfrate/core'
import {
  attemptOf,
  listedRequestsQuery,
  outcomeTypes,
  type PaidRow,
  paidAttemptsQuery,
  type RequestRow,
  type ResultAttemptRow,
  requestOf,
  requestStates,
  resultAttemptsQuery,
  resultOf,
  sqliteQueries,
} from '@halfrate/store-sql'
import { plainBytes } from '../bytes.js'
import { pageOf, type Session } from '../session.js'
import { runQuery } from './run-query.js'
import { readableJob } from './scope-ids.js'

// Compiled once: they run for every row of a page. Their only parameters are the ids.
const PAID = paidAttemptsQuery(sqliteQueries, 0).sql
const SHOWN = resultAttemptsQuery(sqliteQueries, { submissionId: 0, ordinal: 0 }).sql

/** See `ReadStore.readResults`. */
export function readResults(
  session: Session,
  params: Readonly<{ project: ProjectId; jobId: JobId; afterRow: number; limit: number }>,
): readonly ResultRow[] {
  const projectId = session.names.find(params.project)
  const job = projectId === null ? undefined : readableJob(session, projectId, params.jobId)
  if (job === undefined) return []
  const page = { afterRow: params.afterRow, limit: pageOf(session, params.limit) }
  return runQuery(session.reader, listedRequestsQuery(sqliteQueries, job, page)).map((row) =>
    resultRowOf(session, row),
  )
}

function resultRowOf(session: Session, row: RequestRow): ResultRow {
  const { textOf } = session.names
  const request = requestOf(row, textOf)
  if (row.attempt_count === 0) return { request, attempt: null, line: null, paidNano: 0 as NanoUsd }
  const attempts = session.reader.all<PaidRow>(PAID, row.id)
  const shown = shownAttempt(row, attempts)
  const paidNano = paidFor(attempts)
  if (shown === null) return { request, attempt: null, line: null, paidNano }
  const [found] = session.reader.all<ResultAttemptRow>(SHOWN, shown.submissionId, shown.ordinal)
  if (found === undefined) return { request, attempt: null, line: null, paidNano }
  const line = found.line === null ? null : plainBytes(found.line)
  return { request, attempt: attemptOf(found, textOf), line, paidNano }
}

// The attempt that a done request ended with, else its newest settled one.
function shownAttempt(row: RequestRow, attempts: readonly PaidRow[]): AttemptRef | null {
  const result = resultOf(row)
  if (row.state === requestStates.code('done') && result !== null) return result
  const settled = attempts.findLast((attempt) => attempt.outcome !== null)
  return settled === undefined
    ? null
    : { submissionId: settled.submission_id, ordinal: settled.ordinal }
}

function paidFor(attempts: readonly PaidRow[]): NanoUsd | null {
  let paid = 0
  for (const { outcome, cost_nano } of attempts) {
    if (outcome === outcomeTypes.code('succeeded') && cost_nano === null) return null
    paid += cost_nano ?? 0
  }
  return paid as NanoUsd
}
