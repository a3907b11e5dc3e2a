import { type CompiledQuery, sql } from 'kysely'
import {
  ATTEMPT_COLUMNS,
  type AttemptRow,
  USAGE_COLUMNS,
  type UsageRow,
} from '../rows/attempt-row.js'
import type { RequestRow } from '../rows/request-row.js'
import type { JobsTable, ResultsTable } from '../tables.js'
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

/**
 * Requests that a queue has outside of jobs, by id after the given one, without those that were done before an instant.
 *
 * Uses requests_loose in its own order, so work of other queues and of jobs costs nothing.
 */
export function looseRequestsQuery(
  queries: Queries,
  queue: { readonly projectId: number; readonly queueId: number },
  page: { readonly afterId: number; readonly doneFrom: number; readonly limit: number },
): CompiledQuery<RequestRow> {
  const query = scopedRequests(queries, { ...queue, job: null }, { older: false })
    .where(sql<boolean>`r.job_id = 0`)
    .where('r.id', '>', page.afterId)
    .where(sql<boolean>`(r.done_at is null or r.done_at >= ${page.doneFrom})`)
    .orderBy('r.id')
    .limit(page.limit)
  return withRequestColumns(query).compile()
}

/** An attempt without its usage, which is in its result. */
export type PlainAttemptRow = Omit<AttemptRow, keyof UsageRow>

/** All attempts of some requests, by request and oldest first. Uses attempts_request. */
export function attemptsOfRequestsQuery(
  queries: Queries,
  requestIds: readonly number[],
): CompiledQuery<PlainAttemptRow> {
  return queries
    .selectFrom('attempts_now as a')
    .select(ATTEMPT_COLUMNS.map((column) => `a.${column}` as const))
    .where(sql<boolean>`a.request_id in ${queries.words.idList(requestIds)}`)
    .orderBy('a.request_id')
    .orderBy('a.number')
    .compile() as CompiledQuery<PlainAttemptRow>
}

/**
 * Successes of a project without a cost, by request and number.
 *
 * Goes through requests in the order of ids and stops when the page is full, so that all pages together go through them once:
 * an index on what it asks for would make every booking of a line write an index too. Attempts are only looked up where a
 * request was not booked directly, or not with its only attempt.
 */
export function unpricedAttemptsQuery(
  queries: Queries,
  projectId: number,
  page: { readonly afterId: number; readonly afterNumber: number; readonly limit: number },
): CompiledQuery<PlainAttemptRow> {
  const columns = sql.join(ATTEMPT_COLUMNS.map((column) => sql.ref(`a.${column}`)))
  const isOpenOrPriced = sql`(p.attempt_count = 1 and p.submission_id is not null
    and (p.result_id is null or p.cost_nano is not null))`
  return sql<PlainAttemptRow>`select ${columns} from progress p
    cross join attempts_now a
    where a.request_id = p.id and p.id >= ${page.afterId} and a.request_id >= ${page.afterId}
      and (p.id > ${page.afterId} or a.number > ${page.afterNumber})
      and p.attempt_count > 0 and not ${isOpenOrPriced}
      and a.project_id = ${projectId} and a.outcome = 0 and a.cost_nano is null
    order by p.id, a.number limit ${page.limit}`.compile(queries)
}

/** A stored line with its usage. */
export type ResultLineRow = UsageRow & Pick<ResultsTable, 'id' | 'bytes'>

/** Some results with their bytes, by number. */
export function resultLinesQuery(
  queries: Queries,
  resultIds: readonly number[],
): CompiledQuery<ResultLineRow> {
  return queries
    .selectFrom('results')
    .select(['id', 'bytes', ...USAGE_COLUMNS])
    .where(sql<boolean>`id in ${queries.words.idList(resultIds)}`)
    .compile()
}
