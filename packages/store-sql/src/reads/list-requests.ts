import type { RequestState } from '@halfrate/core'
import type { CompiledQuery } from 'kysely'
import { requestStates } from '../codes.js'
import type { RequestRow } from '../rows/request-row.js'
import type { Queries } from './queries.js'
import { inIdsOf, type ScopeIds, scopedRequests, withRequestColumns } from './scope.js'

/** The newest requests of a scope in any of the states (all for null), by id after `afterId`. */
export function listRequestsQuery(
  queries: Queries,
  scope: ScopeIds,
  page: {
    readonly states: readonly RequestState[] | null
    readonly afterId: number
    readonly limit: number
  },
): CompiledQuery<RequestRow> {
  // By id: the order of the pages is the order of the table, and the row says whether it is listed.
  let query = inIdsOf(scopedRequests(queries, scope, { older: false, byId: true }), scope.job)
    .where('r.id', '>', page.afterId)
    .orderBy('r.id')
    .limit(page.limit)
  if (page.states !== null) {
    const codes = page.states.map((state) => requestStates.code(state))
    query = query.where('r.state', 'in', codes.length === 0 ? [-1] : codes)
  }
  return withRequestColumns(query).compile()
}
