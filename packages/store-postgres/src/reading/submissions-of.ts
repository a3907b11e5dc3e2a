import type { RequestScope, Submission } from '@halfrate/core'
import { postgresQueries, submissionsOfQuery } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'
import { submissionsOfRows } from '../submissions.js'
import { runQuery } from './run-query.js'
import { scopeIdsOf } from './scope-ids.js'

/** See `ReadStore.submissionsOf`. */
export function submissionsOf(
  session: Session,
  params: Readonly<{ scope: RequestScope; afterId: number; limit: number }>,
): Promise<readonly Submission[]> {
  return session.read(async (step) => {
    const scope = await scopeIdsOf(step, params.scope)
    if (scope === null) return []
    const page = { afterId: params.afterId, limit: pageOf(step, params.limit) }
    const rows = await runQuery(step.db, submissionsOfQuery(postgresQueries, scope, page))
    return submissionsOfRows(step, rows)
  })
}
