import type { BodyReason, ChildBody } from '@halfrate/core'
import { type CompiledQuery, sql } from 'kysely'
import { ATTEMPT_COLUMNS, type AttemptRow, USAGE_COLUMNS } from '../rows/attempt-row.js'
import type { RequestRow } from '../rows/request-row.js'
import type { Queries } from './queries.js'
import { type ScopedRequests, withRequestColumns } from './scope.js'

/** A request of a project by id, of open parts too. */
export function requestByIdQuery(
  queries: Queries,
  projectId: number,
  id: number,
): CompiledQuery<RequestRow> {
  const query = queries
    .selectFrom('requests_now as r')
    .leftJoin('jobs as j', 'j.id', 'r.job_id')
    .where('r.project_id', '=', projectId)
    .where('r.id', '=', id)
  return withRequestColumns(query as unknown as ScopedRequests).compile()
}

/** Requests by id, of open parts too, in the order of ids. */
export function requestsByIdQuery(
  queries: Queries,
  ids: readonly number[],
): CompiledQuery<RequestRow> {
  const query = queries
    .selectFrom('requests_now as r')
    .leftJoin('jobs as j', 'j.id', 'r.job_id')
    .where(sql<boolean>`r.id in ${queries.words.idList(ids)}`)
    .orderBy('r.id')
  return withRequestColumns(query as unknown as ScopedRequests).compile()
}

/** One request of a chain under a key. */
export interface ChainRow {
  readonly id: number
  readonly is_accepted: 0 | 1
}

/** The requests under a key from the given one back to the first, newest first. */
export function olderRequestsQuery(queries: Queries, id: number): CompiledQuery<ChainRow> {
  return sql<ChainRow>`with recursive chain (id, supersedes_id, job_id, part, depth) as (
      select id, supersedes_id, job_id, part, 0 from requests where id = ${id}
      union all select o.id, o.supersedes_id, o.job_id, o.part, c.depth + 1
      from chain c join requests o on o.id = c.supersedes_id)
    select c.id, (c.job_id = 0 or c.part <= j.committed_part) as is_accepted
    from chain c left join jobs j on j.id = c.job_id order by c.depth`.compile(queries)
}

/** What the newest request under a key is called, and its key to compare. */
export interface KeyRow {
  readonly request_id: number
}

/** The newest request under a key's hash, of open parts too. */
export function keyQuery(
  queries: Queries,
  projectId: number,
  scopeId: number,
  hash: Uint8Array,
): CompiledQuery<KeyRow> {
  return queries
    .selectFrom('keys')
    .select('request_id')
    .where('project_id', '=', projectId)
    .where('scope_id', '=', scopeId)
    .where('hash', '=', hash)
    .compile()
}

/** The attempts of a request with their usage, oldest first. Uses attempts_request. */
export function attemptsOfRequestQuery(
  queries: Queries,
  requestId: number,
): CompiledQuery<AttemptRow> {
  return queries
    .selectFrom('attempts_now as a')
    .leftJoin('results as x', 'x.id', 'a.result_id')
    .select(ATTEMPT_COLUMNS.map((column) => `a.${column}` as const))
    .select(USAGE_COLUMNS.map((column) => `x.${column}` as const))
    .where('a.request_id', '=', requestId)
    .orderBy('a.number')
    .compile() as CompiledQuery<AttemptRow>
}

/** A body that was made of another one. */
export interface ChildBodyRow {
  readonly id: number
  readonly reason: BodyReason
}

/** Those of the bodies of a request, and of its attempts, that were made of another one, by id. */
export function childBodiesQuery(queries: Queries, requestId: number): CompiledQuery<ChildBodyRow> {
  return sql<ChildBodyRow>`select b.id, b.reason from bodies b where b.reason is not null and b.id in (
      select a.body_id from attempts a where a.request_id = ${requestId}
      union select r.body_id from requests r where r.id = ${requestId})
    order by b.id`.compile(queries)
}

/** What {@link childBodiesQuery} answers, as core has it. */
export function childBodyOf({ id, reason }: ChildBodyRow): ChildBody {
  return { bodyId: id, reason }
}
