import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { RequestRow } from '../rows/request-row.js'
import { REQUEST_COLUMNS } from '../rows/request-row.js'
import type { JobsTable, RequestsNow, Tables } from '../tables.js'
import type { Queries } from './queries.js'

/** Which requests a question is about, in numbers. */
export interface ScopeIds {
  readonly projectId: number
  readonly queueId: number | null
  /** Limits the scope to what the job's newest committed input listed. */
  readonly job: ScopeJob | null
}

/** What a question needs to know of a job. */
export type ScopeJob = Pick<JobsTable, 'id' | 'committed_part' | 'last_id'>

/** Statements over `requests as r` with, where there is one, its job as `j`. */
export type ScopedRequests = SelectQueryBuilder<
  Tables & { r: RequestsNow; j: { [Column in keyof JobsTable]: JobsTable[Column] | null } },
  'r' | 'j',
  object
>

// A part counts from its commit on, which is one row of `jobs`.
const isAccepted: RawBuilder<boolean> = sql`(r.job_id = 0 or r.part <= j.committed_part)`

/** Whether a request `r` is shown: what takes its place may still be in an open part. */
export const isNewest: RawBuilder<boolean> = sql`(r.superseded_by is null or not exists (
  select 1 from requests s left join jobs sj on sj.id = s.job_id
  where s.id = r.superseded_by and (s.job_id = 0 or s.part <= sj.committed_part)))`

// While a part is open, the listing before it counts.
const shownRow: RawBuilder<number | null> = sql`case
  when r.listed_part > j.committed_part and r.part < r.listed_part then r.listed_before_row
  else r."row" end`

/**
 * The accepted requests of a scope: the newest of every key, or with `older` all of them.
 *
 * `byId` is for pages in the order of ids: without it a job's requests are found by requests_listed.
 */
export function scopedRequests(
  queries: Queries,
  scope: ScopeIds,
  options: { readonly older: boolean; readonly byId?: true },
): ScopedRequests {
  const { job, queueId } = scope
  let query = queries
    .selectFrom('requests_now as r')
    .leftJoin('jobs as j', 'j.id', 'r.job_id')
    .where('r.project_id', '=', scope.projectId)
    .where(isAccepted)
  if (queueId !== null) query = query.where('r.queue_id', '=', queueId)
  if (job !== null) query = query.where(options.older ? isOfListing(job) : isListed(job))
  if (!options.older) query = query.where(isNewest)
  if (job !== null && options.byId !== true) query = query.where(sql<boolean>`r.job_id > 0`)
  return query as unknown as ScopedRequests
}

function isListed({ id, committed_part: part }: ScopeJob): RawBuilder<boolean> {
  return sql`(r.job_id = ${id} and (r.listed_part = ${part}
    or (r.listed_part > ${part} and r.listed_before_part = ${part})))`
}

// Older requests of a listed key belong to the listing too; `supersedes_id` leads to them.
function isOfListing(job: ScopeJob): RawBuilder<boolean> {
  return sql`(r.job_id = ${job.id} and ((${isListed(job)} and ${isNewest}) or r.id in (
    with recursive older (id) as (
      select r.supersedes_id from requests r left join jobs j on j.id = r.job_id
      where ${isListed(job)} and r.job_id > 0 and ${isAccepted} and ${isNewest}
        and r.supersedes_id is not null
      union select o.supersedes_id from older c join requests o on o.id = c.id
      where o.supersedes_id is not null)
    select id from older)))`
}

/** Limits a statement to the ids that requests of a job can have, for pages in the order of ids. */
export function inIdsOf(query: ScopedRequests, job: ScopeJob | null): ScopedRequests {
  if (job === null) return query
  return query.where('r.id', '>', job.id).where('r.id', '<=', job.last_id)
}

/** Selects what {@link requestOf} takes. */
export function withRequestColumns(
  query: ScopedRequests,
): SelectQueryBuilder<never, never, RequestRow> {
  const columns = REQUEST_COLUMNS.filter((column) => column !== 'row')
  return query
    .select(columns.map((column) => `r.${column}` as 'r.id'))
    .select(shownRow.as('row')) as unknown as SelectQueryBuilder<never, never, RequestRow>
}
