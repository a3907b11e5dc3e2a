import { type CommitResult, InvariantError, type JobId } from '@halfrate/core'
import { jobOf } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { needJobRow } from './jobs.js'

// This one row makes the whole part visible: every statement that plans or reads compares a request's part with it.
const COMMIT = `UPDATE jobs SET state = 1, committed_part = ?, open_part_rows = 0, source_digest = ?,
  row_count = ?, committed_at = ? WHERE id = ?`

/** See `IntakeStore.commitJob`. */
export function commitJob(
  session: Session,
  params: Readonly<{
    id: JobId
    part: number
    newRows: number
    rowCount: number
    sourceDigest: string | null
  }>,
): CommitResult {
  const { id, part, newRows, rowCount, sourceDigest } = params
  const row = needJobRow(session, id)
  if (part <= row.committed_part) {
    return { type: 'committed', job: jobOf(row, session.names.textOf) }
  }
  if (part !== row.open_part) throw new InvariantError(`Part ${part} of job ${id} is not open.`)
  if (row.open_part_rows !== newRows) return { type: 'mismatch', stored: row.open_part_rows }
  session.db.run(COMMIT, part, sourceDigest, rowCount, session.now(), id)
  return { type: 'committed', job: jobOf(needJobRow(session, id), session.names.textOf) }
}
