import { type CompiledQuery, sql } from 'kysely'
import { ATTEMPT_COLUMNS, type AttemptRow, USAGE_COLUMNS } from '../rows/attempt-row.js'
import type { RequestRow } from '../rows/request-row.js'
import type { JobsTable } from '../tables.js'
import type { Queries } from './queries.js'
import { scopedRequests, withRequestColumns } from './scope.js'

/**
 * Rows of a job's newest committed input after the given one, in row order.
 *
 * Uses requests_listed in its own order; while a part is open the older listing is spread over two runs of it, and
 * the rows are sorted.
 */
export function listedRequestsQuery(
  queries: Queries,
  job: Pick<JobsTable, 'id' | 'project_id' | 'committed_part' | 'open_part'>,
  page: { readonly afterRow: number; readonly limit: number },
): CompiledQuery<RequestRow> {
  const scope = { projectId: job.project_id, queueId: null, job: null }
  const { id, committed_part: part } = job
  const base = scopedRequests(queries, scope, { older: false }).where('r.job_id', '=', id)
  const listed =
    job.open_part > part
      ? base
          .where(sql<boolean>`r.job_id > 0 and (r.listed_part = ${part}
            or (r.listed_part > ${part} and r.listed_before_part = ${part}))`)
          .where(sql<boolean>`case when r.listed_part > ${part} then r.listed_before_row
            else r."row" end > ${page.afterRow}`)
          .orderBy(sql`case when r.listed_part > ${part} then r.listed_before_row else r."row" end`)
      : base
          .where(sql<boolean>`r.job_id > 0`)
          .where('r.listed_part', '=', part)
          .where('r.row', '>', page.afterRow)
          .orderBy('r.row')
  return withRequestColumns(listed.orderBy('r.id').limit(page.limit)).compile()
}

/** The attempt that a request is shown with, and the bytes of its result. */
export type ResultAttemptRow = AttemptRow & {
  readonly line: Uint8Array | null
}

/** All attempts of some requests with their results' bytes, by request and oldest first. Uses attempts_request. */
export function resultAttemptsQuery(
  queries: Queries,
  attempt: { readonly submissionId: number; readonly ordinal: number },
): CompiledQuery<ResultAttemptRow> {
  return queries
    .selectFrom('attempts_now as a')
    .leftJoin('results as x', 'x.id', 'a.result_id')
    .select(ATTEMPT_COLUMNS.map((column) => `a.${column}` as const))
    .select(USAGE_COLUMNS.map((column) => `x.${column}` as const))
    .select('x.bytes as line')
    .where('a.submission_id', '=', attempt.submissionId)
    .where('a.ordinal', '=', attempt.ordinal)
    .compile() as CompiledQuery<ResultAttemptRow>
}

/** What was paid for a request, and its newest settled attempt. */
export interface PaidRow {
  readonly submission_id: number
  readonly ordinal: number
  readonly outcome: number | null
  readonly cost_nano: number | null
}

/** The attempts of a request as far as money goes, oldest first. Uses attempts_request. */
export function paidAttemptsQuery(queries: Queries, requestId: number): CompiledQuery<PaidRow> {
  return queries
    .selectFrom('attempts_now')
    .select(['submission_id', 'ordinal', 'outcome', 'cost_nano'])
    .where('request_id', '=', requestId)
    .orderBy('number')
    .compile()
}
