import { type DiscardResult, type Filling, isOpenIn } from '@halfrate/core'
import { type JobsTable, partFactsOf, removedAtOnce } from '@halfrate/store-sql'
import type { Session } from '../session.js'
import { enqueue, leaveQueue } from '../waiting.js'
import { dropBlobs } from './body-blobs.js'
import { findJobRow } from './jobs.js'

interface PutRow {
  readonly id: number
  readonly body_id: number
  readonly item_bytes: number
  readonly supersedes_id: number | null
  readonly key_hash: Uint8Array
}

// A run of ids from its end: newest first, so that each one gives its place back to the one it took it from.
const PUT = `SELECT r.id, r.body_id, r.item_bytes, r.supersedes_id, b.key_hash
  FROM requests r CROSS JOIN bodies b ON b.id = r.body_id
  WHERE r.id >= ? AND r.id <= ? AND r.job_id = ? AND r.part = ?
  ORDER BY r.id DESC LIMIT ?`

// All by primary key.
const REMOVE_REQUEST = 'DELETE FROM requests WHERE id = ?'
const REMOVE_PROGRESS = 'DELETE FROM progress WHERE id = ?'
const REMOVE_BODY = 'DELETE FROM bodies WHERE id = ?'
const REMOVE_KEY = 'DELETE FROM keys WHERE project_id = ? AND scope_id = ? AND hash = ?'
const RESTORE_KEY = `UPDATE keys SET request_id = ?
  WHERE project_id = ? AND scope_id = ? AND hash = ?`
const RESTORE_OLDER = 'UPDATE requests SET superseded_by = NULL WHERE id = ?'
const NOT_SUPERSEDED = 'DELETE FROM superseded WHERE id = ?'
const WAITS = 'SELECT 1 FROM progress WHERE id = ? AND state = 0'
const BEGIN_NEXT = `UPDATE jobs SET open_part_rows = open_part_rows - ?, fill = fill + 1
  WHERE id = ?`

// Uses requests_listed. Older requests that the part listed again are where they were before.
const LISTED = `FROM requests INDEXED BY requests_listed
  WHERE job_id = ? AND job_id > 0 AND listed_part = ? AND part < ?`
const UNLIST = `UPDATE requests SET listed_part = listed_before_part, "row" = listed_before_row
  WHERE id IN (SELECT id ${LISTED} LIMIT ?)`
const COUNT_LISTED = `SELECT count(*) AS count ${LISTED}`

/** See `IntakeStore.discardPart`. */
export function discardPart(session: Session, params: Filling): DiscardResult {
  const job = findJobRow(session, params.id)
  if (job === undefined || !isOpenIn(partFactsOf(job), params)) return { type: 'outdated' }
  const removed = removePut(session, job)
  const stored = job.open_part_rows
  const left =
    stored > removed ? stored - removed : unlist(session, job, session.pageLimit - removed)
  return { type: 'discarded', stored, left, fill: job.fill + 1 }
}

function unlist({ db }: Session, { id, open_part }: JobsTable, room: number): number {
  if (room > 0) db.run(UNLIST, id, open_part, open_part, room)
  return db.get<{ count: number }>(COUNT_LISTED, id, open_part, open_part)?.count ?? 0
}

function removePut(session: Session, job: JobsTable): number {
  const bounds = [job.open_part_from_id, job.last_id, job.id, job.open_part] as const
  const rows = removedAtOnce(session.db.all<PutRow>(PUT, ...bounds, session.pageLimit))
  for (const row of rows) remove(session, job, row)
  session.db.run(BEGIN_NEXT, rows.length, job.id)
  return rows.length
}

function remove(session: Session, job: JobsTable, row: PutRow): void {
  const { db } = session
  if (row.supersedes_id === null) {
    db.run(REMOVE_KEY, job.project_id, job.id, row.key_hash)
  } else {
    db.run(RESTORE_KEY, row.supersedes_id, job.project_id, job.id, row.key_hash)
    restoreOlder(session, row.supersedes_id)
  }
  leaveQueue(session, row.id)
  db.run(REMOVE_REQUEST, row.id)
  db.run(REMOVE_PROGRESS, row.id)
  db.run(NOT_SUPERSEDED, row.id)
  db.run(REMOVE_BODY, row.body_id)
  dropBlobs(db, row.body_id)
}

function restoreOlder(session: Session, id: number): void {
  session.db.run(RESTORE_OLDER, id)
  session.db.run(NOT_SUPERSEDED, id)
  if (session.db.get(WAITS, id) !== undefined) enqueue(session, id, id)
}
