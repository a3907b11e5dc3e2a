import { type CommitResult, InvariantError, type JobId } from '@halfrate/core'
import { notifyWork } from '../listening/notify-work.js'
import type { Session } from '../session.js'
import { jobOfRow, needJobRow } from './jobs.js'

// This one row makes the whole part visible: every statement that plans or reads compares a request's part with it.
const COMMIT = `UPDATE jobs SET state = 1, committed_part = $1, open_part_rows = 0, source_digest = $2,
  row_count = $3, committed_at = $4 WHERE id = $5`

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
): Promise<CommitResult> {
  const { id, part, newRows, rowCount, sourceDigest } = params
  return session.write(async (step) => {
    const row = await needJobRow(step, id)
    if (part <= row.committed_part) return { type: 'committed', job: await jobOfRow(step, row) }
    if (part !== row.open_part) throw new InvariantError(`Part ${part} of job ${id} is not open.`)
    if (row.open_part_rows !== newRows) return { type: 'mismatch', stored: row.open_part_rows }
    await step.db.run(COMMIT, part, sourceDigest, rowCount, step.now, id)
    await notifyWork(step)
    return { type: 'committed', job: await jobOfRow(step, await needJobRow(step, id)) }
  })
}
