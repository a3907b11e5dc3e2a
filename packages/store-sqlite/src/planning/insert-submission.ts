import type { Submission } from '@halfrate/core'
import { columnsOfChanges, type SqlValue } from '@halfrate/store-sql'
import type { Session } from '../session.js'

/** Adds the row of a submission. Its `next_ordinal` begins at 0: it has no members yet. */
export function insertSubmission(session: Session, submission: Submission): void {
  const { id, project, account, queue, lane, nonce, batchLimit, upToId, openedAt, ...changing } =
    submission
  const fixed: Record<string, SqlValue> = {
    id,
    project_id: session.names.idOf(project),
    account_id: session.names.idOf(account),
    queue_id: session.names.idOf(queue),
    lane_id: session.names.idOf(lane),
    nonce,
    batch_limit: batchLimit ?? 0,
    up_to_id: upToId,
    opened_at: openedAt,
    next_ordinal: 0,
  }
  const columns = [
    ...Object.entries(fixed).map(([column, value]) => ({ column, value })),
    ...columnsOfChanges(changing),
  ]
  const names = columns.map(({ column }) => column).join(', ')
  const places = columns.map(() => '?').join(', ')
  session.db.run(
    `INSERT INTO submissions (${names}) VALUES (${places})`,
    ...columns.map(({ value }) => value),
  )
}
