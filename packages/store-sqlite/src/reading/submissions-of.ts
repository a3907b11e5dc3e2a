import type { RequestScope, Submission } from '@halfrate/core'
import { sqliteQueries, submissionOf, submissionsOfQuery } from '@halfrate/store-sql'
import { pageOf, type Session } from '../session.js'
import { runQuery } from './run-query.js'
import { scopeIdsOf } from './scope-ids.js'

/** See `ReadStore.submissionsOf`. */
export function submissionsOf(
  session: Session,
  params: Readonly<{ scope: RequestScope; afterId: number; limit: number }>,
): readonly Submission[] {
  const scope = scopeIdsOf(session, params.scope)
  if (scope === null) return []
  const page = { afterId: params.afterId, limit: pageOf(session, params.limit) }
  return runQuery(session.reader, submissionsOfQuery(sqliteQueries, scope, page)).map((row) =>
    submissionOf(row, session.names.textOf),
  )
}
