import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { usabilities } from '../codes.js'
import type { Queries } from './queries.js'
import { isNewest, type ScopeIds, scopedRequests } from './scope.js'

/** Requests that are in the same place and ended the same way, with what was booked directly for them. */
export interface CountRow {
  /** 0 for those that another one took the place of: only their money counts. */
  readonly is_newest: 0 | 1
  readonly state: number
  readonly verdict: number | null
  readonly is_retry: 0 | 1
  /** The submission of assigned ones with an only attempt. */
  readonly only_in: number | null
  readonly count: number
  readonly first_due_at: number
  readonly paid_nano: number
  readonly realtime_nano: number
  readonly unpriced_attempts: number
}

// Nothing but `progress` knows these; every other attempt is summed by itself.
const isPlain: RawBuilder<boolean> = sql`(r.only_in is not null and r.attempt_count = 1)`

/** Counts the requests of a scope, and sums what was booked directly, in one pass. */
export function countRequestsQuery(queries: Queries, scope: ScopeIds): CompiledQuery<CountRow> {
  const ofPlain = (value: RawBuilder<number>): RawBuilder<number> =>
    sql`coalesce(sum(case when ${isPlain} then ${value} end), 0)`
  return scopedRequests(queries, scope, { older: true })
    .select(['r.state', 'r.verdict'])
    .select([
      sql<0 | 1>`${isNewest}`.as('is_newest'),
      sql<0 | 1>`r.attempt_count > 0`.as('is_retry'),
      sql<number | null>`case r.state when 1 then r.only_in end`.as('only_in'),
      sql<number>`count(*)`.as('count'),
      sql<number>`min(r.not_before)`.as('first_due_at'),
      ofPlain(sql`r.only_cost_nano`).as('paid_nano'),
      ofPlain(sql`r.only_realtime_nano`).as('realtime_nano'),
      ofPlain(sql`case when r.is_direct and r.only_cost_nano is null then 1 else 0 end`).as(
        'unpriced_attempts',
      ),
    ])
    .groupBy([
      'is_newest',
      'r.state',
      'r.verdict',
      'is_retry',
      sql`case r.state when 1 then r.only_in end`,
    ])
    .compile()
}

/** Assigned requests by the submission of their newest live attempt. */
export interface WhereaboutsRow {
  readonly state: number
  readonly count: number
}

/** Counts where the assigned requests of a scope are that had more than one attempt. Uses attempts_request for each. */
export function whereaboutsQuery(queries: Queries, scope: ScopeIds): CompiledQuery<WhereaboutsRow> {
  const assigned = scopedRequests(queries, scope, { older: false })
    .select('r.id')
    .where('r.state', '=', 1)
    .where('r.only_in', 'is', null)
  return sql<WhereaboutsRow>`select s.state, count(*) as count from ${assigned} q
    join attempts_now a on a.request_id = q.id and a.released_at is null
      and a.number = (select max(n.number) from attempts_now n
        where n.request_id = q.id and n.released_at is null)
    join submissions s on s.id = a.submission_id
    group by s.state`.compile(queries)
}

const usable = usabilities.code('usable')

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
 * Sums the money of a scope that {@link countRequestsQuery} does not. What was paid for a request whose params were
 * changed later was paid all the same, so older requests count too.
 */
export function moneyQuery(queries: Queries, scope: ScopeIds): CompiledQuery<MoneyRow> {
  const requests = scopedRequests(queries, scope, { older: true })
    .select('r.id')
    .where('r.attempt_count', '>', 0)
    .where(sql<boolean>`not ${isPlain}`)
  return sql<MoneyRow>`select
      coalesce(sum(a.cost_nano), 0) as paid_nano,
      coalesce(sum(case when a.waste = 1 and a.usability = ${usable} then 0 else a.realtime_nano end), 0)
        as realtime_nano,
      coalesce(sum(case when a.waste = 1 then a.cost_nano end), 0) as waste_nano,
      count(case when a.outcome = 0 and a.cost_nano is null then 1 end) as unpriced_attempts,
      coalesce(sum(a.possibly_paid), 0) as possibly_paid_attempts,
      coalesce(sum(case when a.possibly_paid = 1 then a.hold_nano end), 0) as possibly_paid_nano
    from ${requests} q join attempts_now a on a.request_id = q.id`.compile(queries)
}
