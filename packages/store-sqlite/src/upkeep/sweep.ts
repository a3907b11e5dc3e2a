import { type Chore, DAY_MS, type JobId, type SweepResult, sweepInTurn } from '@halfrate/core'
import type { JobsTable, RequestsNow } from '@halfrate/store-sql'
import { forgetUnwanted } from '../delivering/forget-unwanted.js'
import { discardPart } from '../intake/discard-part.js'
import type { Session } from '../session.js'
import { cancelOne } from './cancel.js'

/** See `UpkeepStore.sweep`. `write` runs a step in a transaction of its own. */
export function sweep(
  write: <T>(step: (session: Session) => T) => T | Promise<T>,
): Promise<SweepResult> {
  const chore = (name: string, step: (session: Session) => boolean): Chore => ({
    name,
    run: async () => ({ more: await write(step) }),
  })
  return sweepInTurn(
    [
      chore('lapsed leases', forgetLapsedLeases),
      chore('superseded requests', cancelSuperseded),
      { name: 'jobs that are done', run: async () => await write(finishJobs) },
      chore('parts that nobody goes on with', removeAbandonedParts),
      chore('deliveries that nobody wants', forgetUnwanted),
    ],
    // Whoever has the database to himself for so long would make each chore wait.
    async () => await write(() => null),
  )
}

// Those of submissions and deliveries are forgotten. Queues and singletons are few, and keep their epoch as the time of their last
// claim.
const FORGET = `DELETE FROM leases
  WHERE (resource >= 'submission:' AND resource < 'submission;'
      OR resource >= 'delivery:' AND resource < 'delivery;') AND expires_at <= ?`
const FREE = 'UPDATE leases SET worker_id = NULL WHERE expires_at <= ?'

function forgetLapsedLeases(session: Session): boolean {
  const now = session.now()
  session.db.run(FORGET, now)
  session.db.run(FREE, now)
  return false
}

type SupersededRow = Pick<RequestsNow, 'id' | 'state' | 'cancel_requested_at'>

// `superseded` holds only what is still to be canceled; what takes its place may be in a part that is still open.
const SUPERSEDED = `SELECT r.id, r.state, r.cancel_requested_at
  FROM superseded o CROSS JOIN requests_now r ON r.id = o.id
  CROSS JOIN requests s ON s.id = r.superseded_by LEFT JOIN jobs j ON j.id = s.job_id
  WHERE s.job_id = 0 OR s.part <= j.committed_part LIMIT ?`
const FORGET_SUPERSEDED = 'DELETE FROM superseded WHERE id = ?'

function cancelSuperseded(session: Session): boolean {
  const rows = session.db.all<SupersededRow>(SUPERSEDED, session.pageLimit + 1)
  for (const row of rows.slice(0, session.pageLimit)) {
    cancelOne(session, row.id, row, 'superseded')
    session.db.run(FORGET_SUPERSEDED, row.id)
  }
  return rows.length > session.pageLimit
}

// Uses jobs_open.
const ABANDONED = `SELECT * FROM jobs INDEXED BY jobs_open
  WHERE open_part > committed_part AND open_part_at < ? ORDER BY id`
const REMOVE_JOB = 'DELETE FROM jobs WHERE id = ?'
const CLOSE_PART = 'UPDATE jobs SET open_part = committed_part, open_part_rows = 0 WHERE id = ?'

// One page for all of them together; what is left is for the next sweep.
function removeAbandonedParts(session: Session): boolean {
  for (const job of session.db.all<JobsTable>(ABANDONED, session.now() - DAY_MS)) {
    const { id, open_part: part, fill } = job
    const discarded = discardPart(session, { id: id as JobId, part, fill })
    if (discarded.type === 'discarded' && discarded.left > 0) return true
    session.db.run(job.committed_part === 0 ? REMOVE_JOB : CLOSE_PART, job.id)
    if (job.open_part_rows > 0) return true
  }
  return false
}

type CommittedRow = Pick<JobsTable, 'id' | 'committed_part' | 'last_id' | 'done_up_to_id'>

// Uses jobs_committed.
const COMMITTED = `SELECT id, committed_part, last_id, done_up_to_id FROM jobs INDEXED BY jobs_committed
  WHERE state = 1 ORDER BY id`
// The run of the job's ids from where the last sweep found an open one, so each request is passed once.
const FIRST_OPEN = `SELECT r.id FROM requests r CROSS JOIN progress p ON p.id = r.id
  WHERE r.id > ? AND r.id <= ? AND r.job_id = ? AND p.state <> 2 AND r.part <= ?
  ORDER BY r.id LIMIT 1`
const REMEMBER = 'UPDATE jobs SET done_up_to_id = ? WHERE id = ? AND done_up_to_id < ?'

const MARK_DONE = 'UPDATE jobs SET state = 2 WHERE id = ?'

function finishJobs(session: Session): {
  readonly more: boolean
  readonly jobsDone: readonly JobId[]
} {
  const finished = finishedJobs(session)
  const jobsDone = finished.slice(0, session.pageLimit)
  for (const id of jobsDone) session.db.run(MARK_DONE, id)
  return { more: finished.length > jobsDone.length, jobsDone }
}

function finishedJobs(session: Session): readonly JobId[] {
  return session.db.all<CommittedRow>(COMMITTED).flatMap((job) => {
    const open = session.db.get<{ id: number }>(
      FIRST_OPEN,
      Math.max(job.id, job.done_up_to_id),
      job.last_id,
      job.id,
      job.committed_part,
    )
    if (open === undefined) return [job.id as JobId]
    session.db.run(REMEMBER, open.id - 1, job.id, open.id - 1)
    return []
  })
}
