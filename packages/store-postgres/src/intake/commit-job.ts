import { type CommitParams, type CommitResult, isNewestCommit, isOpenIn } from '@halfrate/core'
import { partFactsOf } from '@halfrate/store-sql'
import { notifyWork } from '../listening/notify-work.js'
import type { Session, Step } from '../session.js'
import { jobOfRow, lockJobRow, needJobRow } from './jobs.js'

// This one row makes the whole part visible: every statement that plans or reads compares a request's part with it.
const COMMIT = `UPDATE jobs SET state = 1, committed_part = $1, open_part_rows = 0, source_digest = $2,
  row_count = $3, committed_at = $4 WHERE id = $5`

/** See `IntakeStore.commitJob`. */
export function commitJob(session: Session, params: CommitParams): Promise<CommitResult> {
  return session.write((step) => commitIn(step, params))
}

async function commitIn(step: Step, params: CommitParams): Promise<CommitResult> {
  const { id, part, newRows, rowCount, sourceDigest } = params
  const row = await lockJobRow(step, id)
  // An abandoned job was swept away.
  if (row === undefined) return { type: 'mismatch', stored: 0 }
  const facts = partFactsOf(row)
  if (isNewestCommit(facts, params)) return { type: 'committed', job: await jobOfRow(step, row) }
  if (!isOpenIn(facts, params) || row.open_part_rows !== newRows) {
    return { type: 'mismatch', stored: row.open_part_rows }
  }
  await step.db.run(COMMIT, part, sourceDigest, rowCount, step.now, id)
  await notifyWork(step)
  return { type: 'committed', job: await jobOfRow(step, await needJobRow(step, id)) }
}
