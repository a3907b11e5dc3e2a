import { AT_PROVIDER_STATES, type JobId } from '@halfrate/core'
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { submissionStates } from '../codes.js'
import type { Queries } from './queries.js'

/** What a job has cost and can still cost, as `spentOn` of the core counts it. */
export interface SpendingRow {
  readonly paid_nano: number
  readonly possibly_paid_nano: number
  readonly held_nano: number
  readonly open_attempts: number
  readonly unknown_attempts: number
}

// The index on listings is of rows of jobs alone.
function requestsOf({ projectId, jobId }: SpendingScope): RawBuilder<boolean> {
  return sql`r.job_id = ${jobId} and r.job_id > 0 and r.project_id = ${projectId} and r.attempt_count > 0`
}

/** Which job is asked about, in numbers. */
export interface SpendingScope {
  readonly projectId: number
  readonly jobId: JobId
}

// A success with a price that was booked directly: nothing but `progress` need be read of it, if it is the only attempt. A
// proxy's twin adds others to such a request.
const isPlain: RawBuilder<boolean> = sql`(r.is_direct and r.only_cost_nano is not null)`

/** Sums what was booked directly for a job, in one pass over its requests. */
export function plainSpendingQuery(
  queries: Queries,
  scope: SpendingScope,
): CompiledQuery<Pick<SpendingRow, 'paid_nano'>> {
  return sql<Pick<SpendingRow, 'paid_nano'>>`select coalesce(sum(r.only_cost_nano), 0) as paid_nano
    from requests_now r where ${requestsOf(scope)} and ${isPlain}`.compile(queries)
}

/** Sums every attempt of a job that was not booked directly. */
export function spendingQuery(queries: Queries, scope: SpendingScope): CompiledQuery<SpendingRow> {
  const atProvider = sql.join(AT_PROVIDER_STATES.map((state) => submissionStates.code(state)))
  const isSuccess = sql`(a.outcome is not null and a.outcome = 0)`
  const isPaid = sql`(${isSuccess} and a.cost_nano is not null)`
  const isOpen = sql`(not ${isSuccess} and a.withdrawn = 0 and (a.released_at is null or s.state in (${atProvider})))`
  const isPossible = sql`(not ${isPaid} and not ${isOpen} and (${isSuccess} or a.possibly_paid = 1))`
  return sql<SpendingRow>`select
      coalesce(sum(case when ${isPaid} then a.cost_nano end), 0) as paid_nano,
      coalesce(sum(case when ${isPossible} then a.hold_nano end), 0) as possibly_paid_nano,
      coalesce(sum(case when ${isOpen} then a.hold_nano end), 0) as held_nano,
      count(case when ${isOpen} then 1 end) as open_attempts,
      count(case when (${isPossible} or ${isOpen}) and a.hold_nano is null then 1 end) as unknown_attempts
    from requests_now r join attempts_now a on a.request_id = r.id
    join submissions s on s.id = a.submission_id
    where ${requestsOf(scope)} and (r.attempt_count > 1 or not ${isPlain})
      and not (${isPlain} and a.submission_id = r.only_in)`.compile(queries)
}
