import {
  type JobId,
  type NanoUsd,
  NO_SPENDING,
  type ProjectId,
  type Spending,
} from '@halfrate/core'
import { plainSpendingQuery, postgresQueries, spendingQuery } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { runQuery } from './run-query.js'

/** See `ReadStore.spending`. Its numbers are of one moment. */
export function spending(
  session: Session,
  { project, jobId }: Readonly<{ project: ProjectId; jobId: JobId }>,
): Promise<Spending> {
  return session.snapshot(async ({ db, names }) => {
    const [projectId] = await names.find(db, [project])
    if (projectId == null) return NO_SPENDING
    const scope = { projectId, jobId }
    const [plain] = await runQuery(db, plainSpendingQuery(postgresQueries, scope))
    const [row] = await runQuery(db, spendingQuery(postgresQueries, scope))
    return {
      paidNano: ((plain?.paid_nano ?? 0) + (row?.paid_nano ?? 0)) as NanoUsd,
      possiblyPaidNano: (row?.possibly_paid_nano ?? 0) as NanoUsd,
      heldNano: (row?.held_nano ?? 0) as NanoUsd,
      openAttempts: row?.open_attempts ?? 0,
      unknownAttempts: row?.unknown_attempts ?? 0,
    }
  })
}
