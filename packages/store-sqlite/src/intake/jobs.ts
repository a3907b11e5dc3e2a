import {
  InvariantError,
  type Job,
  type JobId,
  type ProjectId,
  type QueueName,
} from '@halfrate/core'
import { anyTextOf, type JobsTable, jobOf } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { takeIds } from '../take-ids.js'

const BY_ID = 'SELECT * FROM jobs WHERE id = ?'
// Uses the unique index.
const BY_NAME = 'SELECT * FROM jobs WHERE project_id = ? AND name = ?'

/** A job's row by id; undefined for none. */
export function findJobRow(session: Session, id: number): JobsTable | undefined {
  return session.db.get<JobsTable>(BY_ID, id)
}

/**
 * A job's row by id.
 *
 * @throws {InvariantError} when there is none.
 */
export function needJobRow(session: Session, id: number): JobsTable {
  const row = findJobRow(session, id)
  if (row === undefined) throw new InvariantError(`There is no job ${id}.`)
  return row
}

function findByName(session: Session, project: ProjectId, name: string): JobsTable | undefined {
  const projectId = session.names.find(project)
  if (projectId === null) return undefined
  return session.db.get<JobsTable>(BY_NAME, projectId, anyTextOf(name))
}

/** See `IntakeStore.findJob`. */
export function findJob(
  session: Session,
  params: Readonly<{ project: ProjectId; name: string }>,
): Job | null {
  const row = findByName(session, params.project, params.name)
  return row === undefined ? null : jobOf(row, session.names.textOf)
}

const ADD = `INSERT INTO jobs (id, project_id, queue_id, name, state, committed_part, open_part,
    open_part_rows, open_part_at, open_part_from_id, row_count, created_at, last_id, done_up_to_id)
  VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, 0, 0, ?, 0, 0)`
const OPEN = `UPDATE jobs SET open_part = committed_part + 1, open_part_rows = 0, open_part_at = ?,
    open_part_from_id = ?, source_digest = NULL WHERE id = ?`
const TOUCH = 'UPDATE jobs SET open_part_at = ? WHERE id = ?'

/** See `IntakeStore.openJob`. */
export function openJob(
  session: Session,
  params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>,
): Job {
  const now = session.now()
  const there = findByName(session, params.project, params.name)
  const id = there?.id ?? addJob(session, params)
  if (there !== undefined && there.open_part > there.committed_part) {
    session.db.run(TOUCH, now, id)
  } else {
    session.db.run(OPEN, now, takeIds(session, 1), id)
  }
  return jobOf(needJobRow(session, id), session.names.textOf)
}

function addJob(
  session: Session,
  params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>,
): number {
  const id = takeIds(session, 1) as JobId
  const { names, db } = session
  const projectId = names.idOf(params.project)
  const queueId = names.idOf(params.queue)
  db.run(ADD, id, projectId, queueId, anyTextOf(params.name), session.now())
  return id
}
