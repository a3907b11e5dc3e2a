import { type CommitParams, type CommitResult, isNewestCommit, isOpenIn } from '@halfrate/core'
import { jobOf, partFactsOf } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { findJobRow, needJobRow } from './jobs.js'

// This one row makes the whole part visible: every statement that plans or reads compares a request's part with it.
const COMMIT = `UPDATE jobs SET state = 1, committed_part = ?, open_part_rows = 0, source_digest = ?,
  row_count = ?, committed_at = ? WHERE id = ?`

/** See `IntakeStore.commitJob`. */
export function commitJob(session: Session, params: CommitParams): CommitResult {
  const { id, part, newRows, rowCount, sourceDigest } = params
  const row = findJobRow(session, id)
  // An abandoned job was swept away.
  if (row === undefined) return { type: 'mismatch', stored: 0 }
  const facts = partFactsOf(row)
  if (isNewestCommit(facts, params)) {
    return { type: 'committed', job: jobOf(row, session.names.textOf) }
  }
  if (!isOpenIn(facts, params) || row.open_part_rows !== newRows) {
    return { type: 'mismatch', stored: row.open_part_rows }
  }
  session.db.run(COMMIT, part, sourceDigest, rowCount, session.now(), id)
  return { type: 'committed', job: jobOf(needJobRow(session, id), session.names.textOf) }
}
