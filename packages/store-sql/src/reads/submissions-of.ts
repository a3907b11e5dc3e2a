import { type CompiledQuery, sql } from 'kysely'
import type { SubmissionsTable } from '../tables.js'
import type { Queries } from './queries.js'
import { type ScopeIds, scopedRequests } from './scope.js'

/**
 * The submissions that hold, or held, requests of a scope, by id after `afterId`.
 *
 * Asks each submission whether it has a member of the scope: there are far fewer of them than requests, and the first
 * member that is tried is in most of them the answer.
 */
export function submissionsOfQuery(
  queries: Queries,
  scope: ScopeIds,
  page: { readonly afterId: number; readonly limit: number },
): CompiledQuery<SubmissionsTable> {
  const member = scopedRequests(queries, scope, { older: true })
    .select(sql<number>`1`.as('one'))
    .where(sql<boolean>`r.id = a.request_id`)
  return sql<SubmissionsTable>`select s.* from submissions s
    where s.id > ${page.afterId} and s.project_id = ${scope.projectId}
      and exists (select 1 from attempts a where a.submission_id = s.id and exists ${member})
    order by s.id limit ${page.limit}`.compile(queries)
}
