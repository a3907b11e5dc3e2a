import {
  InvariantError,
  type Job,
  type JobId,
  type ProjectId,
  type QueueName,
} from '@halfrate/core'
import { type JobsTable, jobOf } from '@halfrate/store-sql'
import { escapedText } from '../database/escaped-text.js'
import type { Session, Step } from '../session.js'

const BY_ID = 'SELECT * FROM jobs WHERE id = $1 FOR UPDATE'
// Uses the unique index.
const BY_NAME = 'SELECT * FROM jobs WHERE project_id = $1 AND name = $2'

/** A job's row by id, locked until the step is over; undefined for none. */
export function lockJobRow({ db }: Step, id: number): Promise<JobsTable | undefined> {
  return db.get<JobsTable>(BY_ID, id)
}

/**
 * A job's row by id, locked until the step is over.
 *
 * @throws {InvariantError} when there is none.
 */
export async function needJobRow(step: Step, id: number): Promise<JobsTable> {
  const row = await lockJobRow(step, id)
  if (row === undefined) throw new InvariantError(`There is no job ${id}.`)
  return row
}

/** Makes a job of its row. */
export async function jobOfRow({ db, names }: Step, row: JobsTable): Promise<Job> {
  return jobOf(row, await names.readerOf(db, [row.project_id, row.queue_id]))
}

/** See `IntakeStore.findJob`. */
export function findJob(
  session: Session,
  params: Readonly<{ project: ProjectId; name: string }>,
): Promise<Job | null> {
  return session.read(async (step) => {
    const [projectId] = await step.names.find(step.db, [params.project])
    if (projectId == null) return null
    const row = await step.db.get<JobsTable>(BY_NAME, projectId, escapedText(params.name))
    return row === undefined ? null : jobOfRow(step, row)
  })
}

const ADD = `INSERT INTO jobs (id, project_id, queue_id, name, state, committed_part, open_part,
    open_part_rows, open_part_at, open_part_from_id, row_count, created_at, last_id, done_up_to_id)
  VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0, 0, $5, 0, 0) ON CONFLICT DO NOTHING`
const OPEN = `UPDATE jobs SET open_part = committed_part + 1, open_part_rows = 0, open_part_at = $1,
    open_part_from_id = $2, source_digest = NULL WHERE id = $3`
const TOUCH = 'UPDATE jobs SET open_part_at = $1 WHERE id = $2'

/** See `IntakeStore.openJob`. */
export async function openJob(
  session: Session,
  params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>,
): Promise<Job> {
  const [projectId = 0, queueId = 0] = await session.idsOf(params.project, params.queue)
  const firstId = await session.takeIds(2)
  const name = escapedText(params.name)
  return session.write(async (step) => {
    const { db, now } = step
    await db.run(ADD, firstId as JobId, projectId, queueId, name, now)
    const there = await db.get<JobsTable>(`${BY_NAME} FOR UPDATE`, projectId, name)
    if (there === undefined) throw new InvariantError(`Job ${firstId} could not be added.`)
    if (there.open_part > there.committed_part) await db.run(TOUCH, now, there.id)
    else await db.run(OPEN, now, firstId + 1, there.id)
    return jobOfRow(step, await needJobRow(step, there.id))
  })
}
