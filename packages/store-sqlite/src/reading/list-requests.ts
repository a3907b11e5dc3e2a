import type { Request, RequestScope, RequestState } from '@halfrate/core'
import { listRequestsQuery, requestOf, sqliteQueries } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'
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
): readonly Request[] {
  const scope = scopeIdsOf(session, params.scope)
  if (scope === null) return []
  const { states, afterId } = params
  const limit = pageOf(session, params.limit)
  const query = listRequestsQuery(sqliteQueries, scope, { states, afterId, limit })
  return runQuery(session.reader, query).map((row) => requestOf(row, session.names.textOf))
}
