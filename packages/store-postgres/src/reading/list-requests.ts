import type { Request, RequestScope, RequestState } from '@halfrate/core'
import { listRequestsQuery, postgresQueries, requestOf } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'
import { requestNames } from './request-names.js'
import { runQuery } from './run-query.js'
import { scopeIdsOf } from './scope-ids.js'

/** See `ReadStore.listRequests`. */
export function listRequests(
  session: Session,
  params: Readonly<{
    scope: RequestScope
    states: readonly RequestState[] | null
    afterId: number
    limit: number
  }>,
): Promise<readonly Request[]> {
  const { states, afterId } = params
  return session.read(async (step) => {
    const scope = await scopeIdsOf(step, params.scope)
    if (scope === null) return []
    const limit = pageOf(step, params.limit)
    const query = listRequestsQuery(postgresQueries, scope, { states, afterId, limit })
    const rows = await runQuery(step.db, query)
    const nameOf = await requestNames(step, rows)
    return rows.map((row) => requestOf(row, nameOf))
  })
}
