import { type DiscardResult, type Filling, isOpenIn } from '@halfrate/core'
import { type JobsTable, partFactsOf, removedAtOnce } from '@halfrate/store-sql'
import { arrayOf, numbers } from '../database/binary-format.js'
import { lockRows } from '../requests/lock-requests.js'
import { enqueue, leaveQueue } from '../requests/waiting.js'
import type { Session, Step } from '../session.js'
import { dropBlobs } from './body-blobs.js'
import { lockJobRow } from './jobs.js'

interface PutRow {
  readonly id: number
  readonly body_id: number
  readonly item_bytes: number
  readonly supersedes_id: number | null
  readonly key_hash: Uint8Array
}

// A run of ids from its end: newest first, so that each one gives its place back to the one it took it from.
const PUT = `SELECT r.id, r.body_id, r.item_bytes, r.supersedes_id, b.key_hash
  FROM requests r JOIN bodies b ON b.id = r.body_id
  WHERE r.id >= $1 AND r.id <= $2 AND r.job_id = $3 AND r.part = $4
  ORDER BY r.id DESC LIMIT $5`

// All by primary key.
const REMOVE = ['requests', 'progress', 'superseded'].map(
  (table) => `DELETE FROM ${table} WHERE id = ANY($1::bigint[])`,
)
const REMOVE_BODIES = 'DELETE FROM bodies WHERE id = ANY($1::bigint[])'
const REMOVE_KEYS = `DELETE FROM keys
  WHERE project_id = $1 AND scope_id = $2 AND hash = ANY($3::bytea[])`
const RESTORE_KEYS = `UPDATE keys k SET request_id = v.id FROM unnest($3::bytea[], $4::bigint[]) v(hash, id)
  WHERE k.project_id = $1 AND k.scope_id = $2 AND k.hash = v.hash`
const RESTORE_OLDER = 'UPDATE requests SET superseded_by = NULL WHERE id = ANY($1::bigint[])'
const NOT_SUPERSEDED = 'DELETE FROM superseded WHERE id = ANY($1::bigint[])'
const WAITING = 'SELECT id FROM progress WHERE id = ANY($1::bigint[]) AND state = 0'
const BEGIN_NEXT = `UPDATE jobs SET open_part_rows = open_part_rows - $1, fill = fill + 1
  WHERE id = $2`

// Uses requests_listed. Older requests that the part listed again are where they were before.
const LISTED = `FROM requests WHERE job_id = $1 AND job_id > 0 AND listed_part = $2 AND part < $2`
const UNLIST = `UPDATE requests SET listed_part = listed_before_part, "row" = listed_before_row
  WHERE id IN (SELECT id ${LISTED} ORDER BY id LIMIT $3)`
const COUNT_LISTED = `SELECT count(*) AS count ${LISTED}`

/** See `IntakeStore.discardPart`. */
export function discardPart(session: Session, params: Filling): Promise<DiscardResult> {
  return session.write(async (step) => {
    const job = await lockJobRow(step, params.id)
    if (job === undefined || !isOpenIn(partFactsOf(job), params)) return { type: 'outdated' }
    const stored = job.open_part_rows
    const { left } = await discardPage(step, job)
    return { type: 'discarded', stored, left, fill: job.fill + 1 }
  })
}

/** Discards a page of the open part of a locked job, which begins its next filling. Answers how many are left. */
export async function discardPage(step: Step, job: JobsTable): Promise<{ readonly left: number }> {
  const removed = await removePut(step, job)
  await step.db.run(BEGIN_NEXT, removed, job.id)
  const left = job.open_part_rows - removed
  return { left: left > 0 ? left : await unlist(step, job, step.pageLimit - removed) }
}

async function unlist({ db }: Step, { id, open_part }: JobsTable, room: number): Promise<number> {
  if (room > 0) await db.run(UNLIST, id, open_part, room)
  return (await db.get<{ count: number }>(COUNT_LISTED, id, open_part))?.count ?? 0
}

async function removePut(step: Step, job: JobsTable): Promise<number> {
  const bounds = [job.open_part_from_id, job.last_id, job.id, job.open_part] as const
  const rows = removedAtOnce(await step.db.all<PutRow>(PUT, ...bounds, step.pageLimit))
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  await giveKeysBack(step, job, rows)
  await restoreOlder(step, rows)
  await leaveQueue(step, ids)
  for (const sql of REMOVE) await step.db.run(sql, numbers(ids))
  const bodyIds = rows.map((row) => row.body_id)
  await step.db.run(REMOVE_BODIES, numbers(bodyIds))
  await dropBlobs(step, bodyIds)
  return rows.length
}

// Several requests of one key can go at once; whoever came before the oldest of them has it again.
async function giveKeysBack({ db }: Step, job: JobsTable, rows: readonly PutRow[]): Promise<void> {
  const last = new Map(rows.map((row) => [Buffer.from(row.key_hash).toString('latin1'), row]))
  const [removed, restored] = [[...last.values()], [...last.values()]].map((all, index) =>
    all.filter((row) => (row.supersedes_id === null) === (index === 0)),
  ) as [PutRow[], PutRow[]]
  const hashes = (some: readonly PutRow[]): Buffer =>
    arrayOf(
      'bytea',
      some.map((row) => row.key_hash),
    )
  if (removed.length > 0) await db.run(REMOVE_KEYS, job.project_id, job.id, hashes(removed))
  if (restored.length === 0) return
  const older = numbers(restored.map((row) => row.supersedes_id))
  await db.run(RESTORE_KEYS, job.project_id, job.id, hashes(restored), older)
}

async function restoreOlder(step: Step, rows: readonly PutRow[]): Promise<void> {
  const removed = new Set(rows.map((row) => row.id))
  const older = rows.flatMap((row) => row.supersedes_id ?? []).filter((id) => !removed.has(id))
  if (older.length === 0) return
  const ids = numbers(older)
  await lockRows(step, older)
  await step.db.run(RESTORE_OLDER, ids)
  await step.db.run(NOT_SUPERSEDED, ids)
  const waiting = await step.db.all<{ id: number }>(WAITING, ids)
  await enqueue(
    step,
    waiting.map((row) => row.id),
  )
}
