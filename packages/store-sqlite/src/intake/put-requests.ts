import {
  type IntakeRow,
  InvalidInputError,
  InvariantError,
  type PutAnswer,
  type PutParams,
  type RequestId,
} from '@halfrate/core'
import { type RequestsTable, textOfAny } from '@halfrate/store-sql'
import { checkPage, type Session } from '../session.js'
import { takeIds } from '../take-ids.js'
import { leaveQueue } from '../waiting.js'
import { mendBlobs } from './body-blobs.js'
import { claimKeys } from './claim-keys.js'
import { enterRequests, NewRequests } from './new-requests.js'
import { beginPage, type PutPage } from './put-page.js'

/** See `IntakeStore.putRequests`. */
export function putRequests(session: Session, params: PutParams): readonly PutAnswer[] {
  checkPage(session, params.rows)
  const page = beginPage(session, params, takeIds(session, params.rows.length))
  const holders = claimKeys(page)
  const put: Put = { page, added: new NewRequests(page) }
  const answers = params.rows.map((row, index) =>
    putRow(put, row, page.firstId + index, holders[index] ?? null),
  )
  put.added.flush()
  enterRequests(page, page.firstId, page.firstId + params.rows.length - 1)
  if (page.jobId !== 0) touchPart(page, put.added.count)
  return answers
}

const TOUCH_PART = `UPDATE jobs SET open_part_rows = open_part_rows + ?, open_part_at = ?,
  last_id = max(last_id, ?) WHERE id = ?`

function touchPart({ session, now, firstId, params, jobId }: PutPage, put: number): void {
  const lastId = firstId + params.rows.length - 1
  session.db.run(TOUCH_PART, put, now, put === 0 ? 0 : lastId, jobId)
}

type ThereRow = Pick<RequestsTable, 'id' | 'key' | 'params_hash' | 'part' | 'listed_part' | 'row'>

const THERE = `SELECT id, "key", params_hash, part, listed_part, "row" FROM requests WHERE id = ?`

interface Put {
  readonly page: PutPage
  readonly added: NewRequests
}

function putRow(put: Put, row: IntakeRow, ownId: number, holder: number | null): PutAnswer {
  const { page, added } = put
  if (holder === null) {
    added.add(row, ownId, null)
    return { type: 'new', id: ownId as RequestId, part: page.part, repeatsRow: null }
  }
  // The key may be that of an earlier row of this page.
  if (holder >= page.firstId) added.flush()
  const there = newestUnder(page, row, holder)
  const isSame = Buffer.compare(there.params_hash, row.paramsHash) === 0
  const type = isSame ? 'same' : 'conflict'
  const id = there.id as RequestId
  const repeatsRow = repeatedRow(page, row, there)
  if (repeatsRow !== null) return { type, id, part: there.part, repeatsRow }
  const { onConflict } = page.params
  if (!isSame && onConflict === 'supersede') return supersede(put, row, ownId, there)
  if (isSame && row.blobs !== undefined) mendBlobs(page, there.id, row.blobs)
  if (isSame || onConflict === 'keep') list(page, row, there)
  return { type, id, part: there.part, repeatsRow: null }
}

const HELD = 'SELECT request_id FROM keys WHERE project_id = ? AND scope_id = ? AND hash = ?'

// An earlier row of the same page may have superseded the holder, so the key is asked again when it has changed.
function newestUnder(page: PutPage, row: IntakeRow, holder: number): ThereRow {
  const { db } = page.session
  const isOfPage = holder >= page.firstId
  const id = isOfPage || page.params.onConflict === 'supersede' ? heldNow(page, row) : holder
  const there = db.get<ThereRow>(THERE, id)
  if (there === undefined)
    throw new InvariantError(`A key names request ${id}, which is not there.`)
  if (textOfAny(there.key) === row.key) return there
  throw new InvalidInputError({
    place: { file: null, line: row.row, field: null },
    rule: 'key_collision',
    problem: `The keys ${JSON.stringify(row.key)} and ${JSON.stringify(textOfAny(there.key))} have the same hash.`,
    nextStep: 'Nothing of this page was stored. Change one of the two keys.',
  })
}

function heldNow(page: PutPage, row: IntakeRow): number {
  const held = page.session.db.get<{ request_id: number }>(
    HELD,
    page.projectId,
    page.scopeId,
    row.keyHash,
  )
  return held?.request_id ?? 0
}

// The same input read again, after a crash, lists every key in the row where it was: that repeats nothing.
function repeatedRow(page: PutPage, row: IntakeRow, there: ThereRow): number | null {
  if (page.jobId === 0 || there.listed_part !== page.part) return null
  return there.row === row.row ? null : there.row
}

// What the open part lists counts from the commit on; until then the listing before it does.
const LIST = `UPDATE requests SET listed_before_part = listed_part, listed_before_row = "row",
  listed_part = ?, "row" = ? WHERE id = ?`

function list(page: PutPage, row: IntakeRow, there: ThereRow): void {
  if (page.jobId === 0 || there.listed_part === page.part) return
  page.session.db.run(LIST, page.part, row.row, there.id)
}

const TAKE_KEY = `UPDATE keys SET request_id = ?
  WHERE project_id = ? AND scope_id = ? AND hash = ?`
const MARK_OLDER = 'UPDATE requests SET superseded_by = ? WHERE id = ?'
const UNLIST_OLDER = `UPDATE requests SET superseded_by = ?, listed_part = listed_before_part,
  "row" = coalesce(listed_before_row, "row") WHERE id = ?`

// For the sweep, once the part is committed.
const TO_CANCEL = 'INSERT INTO superseded (id) VALUES (?) ON CONFLICT DO NOTHING'

function supersede(put: Put, row: IntakeRow, ownId: number, there: ThereRow): PutAnswer {
  const { page, added } = put
  const { db } = page.session
  const id = ownId as RequestId
  added.add(row, id, there.id)
  added.flush()
  db.run(TAKE_KEY, id, page.projectId, page.scopeId, row.keyHash)
  const wasListed = page.jobId !== 0 && there.listed_part === page.part
  db.run(wasListed ? UNLIST_OLDER : MARK_OLDER, id, there.id)
  leaveQueue(page.session, there.id)
  db.run(TO_CANCEL, there.id)
  return { type: 'new', id, part: page.part, repeatsRow: null }
}
