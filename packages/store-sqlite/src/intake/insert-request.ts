import type { IntakeRow, RequestId } from '@halfrate/core'
import { anyTextOf } from '@halfrate/store-sql'
import { enqueue } from '../waiting.js'
import { type PutPage, prefixIdOf } from './put-page.js'

// Both append. The body has its request's id.
const ADD_BODY = `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, bytes)
  VALUES (?, ?, ?, ?, ?, ?)`
const ADD_REQUEST = `INSERT INTO requests (id, project_id, account_id, queue_id, lane_id, job_id, part,
    listed_part, "row", listed_before_part, "key", params_hash, body_id, prefix_id, model, max_tokens,
    item_bytes, labels, deadline_at, created_at, supersedes_id,
    not_before, batch_limit, failure_count, expiry_count)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)`

/** Stores a new request with its body and its prefix. {@link enterRequests} does the rest for the whole page. */
export function insertRequest(
  page: PutPage,
  row: IntakeRow,
  id: number,
  supersedesId: number | null,
): RequestId {
  const { projectId, accountId, queueId, jobId, part } = page
  const { db, names } = page.session
  const prefixId = prefixIdOf(page, row.prefix)
  db.prepare(ADD_BODY).run(id, projectId, accountId, prefixId, row.keyHash, row.body)
  db.prepare(ADD_REQUEST).run(
    id,
    projectId,
    accountId,
    queueId,
    names.idOf(row.lane),
    jobId,
    part,
    part,
    jobId === 0 ? null : row.row,
    anyTextOf(row.key),
    row.paramsHash,
    id,
    prefixId,
    anyTextOf(row.model),
    row.maxTokens,
    row.itemBytes,
    row.labels === null ? null : JSON.stringify(row.labels),
    row.deadlineAt,
    page.now,
    supersedesId,
  )
  return id as RequestId
}

// The rest of what came with a page follows from its rows, whose ids are neighbours.
const ADD_PROGRESS = `INSERT INTO progress (id, state, attempt_count)
  SELECT id, 0, 0 FROM requests WHERE id >= ? AND id <= ?`

/** Gives the new requests of a page their progress and their place in the queue. */
export function enterRequests(page: PutPage, firstId: number, lastId: number): void {
  page.session.db.run(ADD_PROGRESS, firstId, lastId)
  enqueue(page.session, firstId, lastId)
}
