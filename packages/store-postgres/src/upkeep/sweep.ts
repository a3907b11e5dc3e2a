import { type Chore, DAY_MS, type JobId, type SweepResult, sweepInTurn } from '@halfrate/core'
import type { JobsTable } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { forgetUnwanted } from '../delivering/forget-unwanted.js'
import { discardPage } from '../intake/discard-part.js'
import type { Session, Step } from '../session.js'
import { cancelRequests } from './cancel.js'

/** See `UpkeepStore.sweep`. What another worker works on at this moment is for the next sweep. */
export function sweep(session: Session): Promise<SweepResult> {
  const chore = (name: string, work: (step: Step) => Promise<boolean>): Chore => ({
    name,
    run: async () => ({ more: await session.write(work) }),
  })
  return sweepInTurn(
    [
      chore('lapsed leases', forgetLapsedLeases),
      chore('superseded requests', cancelSuperseded),
      { name: 'jobs that are done', run: () => session.write(finishJobs) },
      chore('parts that nobody goes on with', removeAbandonedParts),
      chore('deliveries that nobody wants', forgetUnwanted),
    ],
    () => session.read(({ db }) => db.get('SELECT 1')),
  )
}

// Those of submissions and deliveries are forgotten. Queues and singletons are few, and keep their epoch as the time of their last
// claim. One that a step still holds is left to the next sweep.
const FORGET = `DELETE FROM leases WHERE resource IN (SELECT resource FROM leases
  WHERE (resource LIKE 'submission:%' OR resource LIKE 'delivery:%') AND expires_at <= $1 ORDER BY resource FOR UPDATE SKIP LOCKED)`
const FREE = `UPDATE leases SET worker_id = NULL WHERE resource IN (SELECT resource FROM leases
  WHERE worker_id IS NOT NULL AND expires_at <= $1 ORDER BY resource FOR UPDATE SKIP LOCKED)`

async function forgetLapsedLeases({ db, now }: Step): Promise<boolean> {
  await db.run(FORGET, now)
  await db.run(FREE, now)
  return false
}

// `superseded` holds only what is still to be canceled; what takes its place may be in a part that is still open.
const SUPERSEDED = `SELECT o.id FROM superseded o JOIN requests r ON r.id = o.id
  JOIN requests s ON s.id = r.superseded_by LEFT JOIN jobs j ON j.id = s.job_id
  WHERE s.job_id = 0 OR s.part <= j.committed_part ORDER BY o.id LIMIT $1`
const FORGET_SUPERSEDED = 'DELETE FROM superseded WHERE id = ANY($1::bigint[])'

async function cancelSuperseded(step: Step): Promise<boolean> {
  const rows = await step.db.all<{ id: number }>(SUPERSEDED, step.pageLimit + 1)
  const ids = rows.slice(0, step.pageLimit).map((row) => row.id)
  await cancelRequests(step, ids, 'superseded', null)
  if (ids.length > 0) await step.db.run(FORGET_SUPERSEDED, numbers(ids))
  return rows.length > step.pageLimit
}

// Uses jobs_open.
const ABANDONED = `SELECT * FROM jobs WHERE open_part > committed_part AND open_part_at < $1
  ORDER BY id FOR UPDATE SKIP LOCKED`
const REMOVE_JOB = 'DELETE FROM jobs WHERE id = $1'
const CLOSE_PART = 'UPDATE jobs SET open_part = committed_part, open_part_rows = 0 WHERE id = $1'

// One page for all of them together; what is left is for the next sweep.
async function removeAbandonedParts(step: Step): Promise<boolean> {
  for (const job of await step.db.all<JobsTable>(ABANDONED, step.now - DAY_MS)) {
    const { left } = await discardPage(step, job)
    if (left > 0) return true
    await step.db.run(job.committed_part === 0 ? REMOVE_JOB : CLOSE_PART, job.id)
    if (job.open_part_rows > 0) return true
  }
  return false
}

// Uses jobs_committed. Locked before it is looked whether they are finished: a part that is committed later brings
// requests that are not.
const COMMITTED = `SELECT id FROM jobs WHERE state = 1 ORDER BY id FOR UPDATE SKIP LOCKED`
// The run of the job's ids from where the last sweep found an open one, so each request is passed once.
const FIRST_OPEN = `SELECT j.id, o.id AS open_id FROM jobs j LEFT JOIN LATERAL (
    SELECT r.id FROM requests r JOIN progress p ON p.id = r.id
    WHERE r.id > greatest(j.id, j.done_up_to_id) AND r.id <= j.last_id AND r.job_id = j.id
      AND p.state <> 2 AND r.part <= j.committed_part
    ORDER BY r.id LIMIT 1) o ON true
  WHERE j.id = ANY($1::bigint[]) ORDER BY j.id`
const REMEMBER = `UPDATE jobs j SET done_up_to_id = v.done FROM unnest($1::bigint[], $2::bigint[]) v(id, done)
  WHERE j.id = v.id AND j.done_up_to_id < v.done`
const MARK_DONE = 'UPDATE jobs SET state = 2 WHERE id = ANY($1::bigint[])'

interface FirstOpen {
  readonly id: JobId
  readonly open_id: number | null
}

async function finishJobs({
  db,
  pageLimit,
}: Step): Promise<{ readonly jobsDone: readonly JobId[]; readonly more: boolean }> {
  const jobs = await db.all<{ id: number }>(COMMITTED)
  if (jobs.length === 0) return { jobsDone: [], more: false }
  const rows = await db.all<FirstOpen>(FIRST_OPEN, numbers(jobs.map(({ id }) => id)))
  const done = rows.filter((row) => row.open_id === null).map((row) => row.id)
  const open = rows.filter((row) => row.open_id !== null)
  const finished = done.slice(0, pageLimit)
  await db.run(MARK_DONE, numbers(finished))
  await db.run(
    REMEMBER,
    numbers(open.map((row) => row.id)),
    numbers(open.map((row) => (row.open_id ?? 0) - 1)),
  )
  return { jobsDone: finished, more: done.length > finished.length }
}
