import {
  type JobId,
  type NanoUsd,
  NO_SPENDING,
  type ProjectId,
  type Spending,
} from '@halfrate/core'
import { plainSpendingQuery, spendingQuery, sqliteQueries } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { runQuery } from './run-query.js'

/** See `ReadStore.spending`. Its numbers are of one moment. */
export function spending(
  session: Session,
  { project, jobId }: Readonly<{ project: ProjectId; jobId: JobId }>,
): Spending {
  const projectId = session.names.find(project)
  if (projectId === null) return NO_SPENDING
  const scope = { projectId, jobId }
  return session.reader.snapshot(() => {
    const [plain] = runQuery(session.reader, plainSpendingQuery(sqliteQueries, scope))
    const [row] = runQuery(session.reader, spendingQuery(sqliteQueries, scope))
    return {
      paidNano: ((plain?.paid_nano ?? 0) + (row?.paid_nano ?? 0)) as NanoUsd,
      possiblyPaidNano: (row?.possibly_paid_nano ?? 0) as NanoUsd,
      heldNano: (row?.held_nano ?? 0) as NanoUsd,
      openAttempts: row?.open_attempts ?? 0,
      unknownAttempts: row?.unknown_attempts ?? 0,
    }
  })
}
