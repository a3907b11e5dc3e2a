import type { ColumnData } from '../database/binary-format.js'
import { escapedText } from '../database/escaped-text.js'
import { insertRows } from '../database/row-source.js'
import { ENQUEUE } from '../requests/waiting.js'
import type { Step } from '../session.js'
import { keepBlobs } from './body-blobs.js'
import type { NewRequest } from './key-holder.js'
import type { PutPage } from './put-page.js'

const BODY_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  prefix_id: 'int8',
  key_hash: 'bytea',
  bytes: 'bytea',
} as const

const REQUEST_COLUMNS = {
  id: 'int8',
  project_id: 'int8',
  account_id: 'int8',
  queue_id: 'int8',
  lane_id: 'int8',
  job_id: 'int8',
  part: 'int8',
  listed_part: 'int8',
  row: 'int8',
  listed_before_part: 'int8',
  key: 'varchar',
  params_hash: 'bytea',
  body_id: 'int8',
  prefix_id: 'int8',
  model_id: 'int8',
  max_tokens: 'int8',
  item_bytes: 'int8',
  labels: 'text',
  deadline_at: 'int8',
  created_at: 'int8',
  not_before: 'int8',
  batch_limit: 'int8',
  failure_count: 'int8',
  expiry_count: 'int8',
  superseded_by: 'int8',
  supersedes_id: 'int8',
} as const

// The rest of what came with a page follows from its rows, whose ids are neighbours.
const ADD_PROGRESS = `INSERT INTO progress (id, state, attempt_count)
  SELECT id, 0, 0 FROM requests WHERE id >= $1 AND id <= $2`
const ENQUEUE_NEW = `${ENQUEUE} WHERE id >= $1 AND id <= $2 AND superseded_by IS NULL`

/** Adds the new requests of a page with their bodies, their progress and their place in the queue. */
export async function writeNewRequests(
  step: Step,
  page: PutPage,
  added: readonly NewRequest[],
): Promise<void> {
  if (added.length === 0) return
  const { db, now } = step
  await insertRows(
    db,
    'bodies',
    BODY_COLUMNS,
    added.map((each) => bodyValues(page, each)),
  )
  await insertRows(
    db,
    'requests',
    REQUEST_COLUMNS,
    added.map((each) => requestValues(page, each, now)),
  )
  await keepBlobs(step, page, added)
  const lastId = page.firstId + page.params.rows.length - 1
  await db.run(ADD_PROGRESS, page.firstId, lastId)
  await db.run(ENQUEUE_NEW, page.firstId, lastId)
}

// A body has its request's id.
function bodyValues(page: PutPage, { id, row }: NewRequest): ColumnData[] {
  return [id, page.projectId, page.accountId, page.prefixIdOf(row), row.keyHash, row.body]
}

function requestValues(page: PutPage, added: NewRequest, now: number): ColumnData[] {
  const { projectId, accountId, queueId, jobId, part } = page
  const { id, row, supersedesId, supersededBy } = added
  const inputRow = jobId === 0 ? null : row.row
  const labels = row.labels === null ? null : JSON.stringify(row.labels)
  return [
    ...[id, projectId, accountId, queueId, page.idOf(row.lane), jobId, part, part, inputRow, 0],
    ...[escapedText(row.key), row.paramsHash, id, page.prefixIdOf(row), page.idOf(row.model)],
    ...[row.maxTokens, row.itemBytes, labels, row.deadlineAt, now, 0, 0, 0, 0],
    ...[supersededBy, supersedesId],
  ]
}
