import { type CompiledQuery, sql } from 'kysely'
import type { Queries } from './queries.js'
import { type ScopeIds, scopedRequests } from './scope.js'

/** Requests that are in the same place and ended the same way. */
export interface CountRow {
  readonly state: number
  readonly verdict: number | null
  readonly is_retry: 0 | 1
  readonly count: number
  readonly first_due_at: number
}

/** Counts the requests of a scope in one pass. */
export function countRequestsQuery(queries: Queries, scope: ScopeIds): CompiledQuery<CountRow> {
  return scopedRequests(queries, scope, { older: false })
    .select(['r.state', 'r.verdict'])
    .select([
      sql<0 | 1>`r.attempt_count > 0`.as('is_retry'),
      sql<number>`count(*)`.as('count'),
      sql<number>`min(r.not_before)`.as('first_due_at'),
    ])
    .groupBy(['r.state', 'r.verdict', 'is_retry'])
    .compile()
}

/** Assigned requests by the state of the submission of their newest live attempt. */
export interface WhereaboutsRow {
  readonly state: number
  readonly count: number
}

/** Counts where the assigned requests of a scope are. Uses attempts_request for each. */
export function whereaboutsQuery(queries: Queries, scope: ScopeIds): CompiledQuery<WhereaboutsRow> {
  const assigned = scopedRequests(queries, scope, { older: false })
    .select('r.id')
    .where('r.state', '=', 1)
  return sql<WhereaboutsRow>`select s.state, count(*) as count from ${assigned} q
    join attempts_now a on a.request_id = q.id and a.released_at is null
      and a.number = (select max(n.number) from attempts_now n
        where n.request_id = q.id and n.released_at is null)
    join submissions s on s.id = a.submission_id
    group by s.state`.compile(queries)
}

/** Money of a set of requests. */
export interface MoneyRow {
  readonly paid_nano: number
  readonly realtime_nano: number
  readonly waste_nano: number
  readonly unpriced_attempts: number
  readonly possibly_paid_attempts: number
  readonly possibly_paid_nano: number
}

/**
 * Sums the money of a scope. What was paid for a request whose params were changed later was paid all the same, so
 * older requests count too.
 */
export function moneyQuery(queries: Queries, scope: ScopeIds): CompiledQuery<MoneyRow> {
  const requests = scopedRequests(queries, scope, { older: true }).select('r.id')
  return sql<MoneyRow>`select
      coalesce(sum(a.cost_nano), 0) as paid_nano,
      coalesce(sum(a.realtime_nano), 0) as realtime_nano,
      coalesce(sum(case when a.waste = 1 then a.cost_nano end), 0) as waste_nano,
      coalesce(sum(a.outcome = 0 and a.cost_nano is null), 0) as unpriced_attempts,
      coalesce(sum(a.possibly_paid), 0) as possibly_paid_attempts,
      coalesce(sum(case when a.possibly_paid = 1 then a.hold_nano end), 0) as possibly_paid_nano
    from ${requests} q join attempts_now a on a.request_id = q.id`.compile(queries)
}
