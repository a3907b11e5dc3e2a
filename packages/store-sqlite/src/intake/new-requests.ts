import type { IntakeRow } from '@halfrate/core'
import { anyTextOf, type SqlValue } from '@halfrate/store-sql'
import { enqueue } from '../waiting.js'
import { keepBlobs } from './body-blobs.js'
import { type PutPage, prefixIdOf } from './put-page.js'
import { eachRow, inRows, ROWS_AT_ONCE } from './rows-at-once.js'

// Binding a value costs as much as storing it, so what the rows of a statement have in common is bound once, by name, and
// what counts up from row to row as well.
const BODY_VALUES = '(?, @project, @account, ?, ?, ?)'
const REQUEST_VALUES = `(?, @project, @account, @queue, ?, @job, @part, @part, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?,
  @now, ?, 0, 0, 0, 0)`
const alikeBody = (at: number): string => `(@id + ${at}, @project, @account, @prefix, ?, ?)`
const alikeRequest = (at: number): string =>
  `(@id + ${at}, @project, @account, @queue, @lane, @job, @part, @part, @row + ${at}, 0, ?, ?, @id + ${at},
    @prefix, @model, ?, ?, NULL, NULL, @now, NULL, 0, 0, 0, 0)`

// Both append. A body has its request's id.
function addBodies(rows: string): string {
  return `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, bytes)
    VALUES ${rows}`
}

function addRequests(rows: string): string {
  return `INSERT INTO requests (id, project_id, account_id, queue_id, lane_id, job_id, part,
      listed_part, "row", listed_before_part, "key", params_hash, body_id, prefix_id, model_id,
      max_tokens, item_bytes, labels, deadline_at, created_at, supersedes_id,
      not_before, batch_limit, failure_count, expiry_count)
    VALUES ${rows}`
}

const ONE = { bodies: addBodies(BODY_VALUES), requests: addRequests(REQUEST_VALUES) }
const ALIKE = {
  bodies: addBodies(eachRow(alikeBody, ROWS_AT_ONCE)),
  requests: addRequests(eachRow(alikeRequest, ROWS_AT_ONCE)),
}
const SOME = {
  bodies: addBodies(inRows(BODY_VALUES, ROWS_AT_ONCE)),
  requests: addRequests(inRows(REQUEST_VALUES, ROWS_AT_ONCE)),
}

interface NewRequest {
  readonly row: IntakeRow
  readonly id: number
  readonly supersedesId: number | null
}

/** New requests of a page on their way into the tables, a few at a time. */
export class NewRequests {
  readonly #page: PutPage
  readonly #common: Readonly<Record<string, SqlValue>>
  #held: NewRequest[] = []
  /** Requests that were added, written or not. */
  count = 0

  constructor(page: PutPage) {
    this.#page = page
    this.#common = {
      project: page.projectId,
      account: page.accountId,
      queue: page.queueId,
      job: page.jobId,
      part: page.part,
      now: page.now,
    }
  }

  /** Adds a request with its body and its prefix. */
  add(row: IntakeRow, id: number, supersedesId: number | null): void {
    this.#held.push({ row, id, supersedesId })
    if (row.blobs !== undefined) keepBlobs(this.#page, id, row.blobs)
    this.count += 1
    if (this.#held.length < ROWS_AT_ONCE) return
    if (areAlike(this.#held)) this.#writeAlike(this.#held)
    else this.#write(SOME, this.#held)
    this.#held = []
  }

  /** Writes what is held, so that it can be read. */
  flush(): void {
    for (const one of this.#held) this.#write(ONE, [one])
    this.#held = []
  }

  #write(sql: typeof ONE, requests: readonly NewRequest[]): void {
    const { db } = this.#page.session
    const bodies: SqlValue[] = []
    const values: SqlValue[] = []
    for (const one of requests) this.#addValues(one, bodies, values)
    db.runWith(sql.bodies, this.#common, bodies)
    db.runWith(sql.requests, this.#common, values)
  }

  #addValues({ row, id, supersedesId }: NewRequest, bodies: SqlValue[], values: SqlValue[]): void {
    const prefixId = prefixIdOf(this.#page, row.prefix)
    bodies.push(id, prefixId, row.keyHash, row.body)
    values.push(id, this.#page.idOf(row.lane), this.#rowOf(row), anyTextOf(row.key), row.paramsHash)
    values.push(id, prefixId, this.#page.idOf(row.model), row.maxTokens, row.itemBytes)
    const labels = row.labels === null ? null : JSON.stringify(row.labels)
    values.push(labels, row.deadlineAt, supersedesId)
  }

  #writeAlike(requests: readonly NewRequest[]): void {
    const { db } = this.#page.session
    const bodies: SqlValue[] = []
    const values: SqlValue[] = []
    for (const { row } of requests) {
      bodies.push(row.keyHash, row.body)
      values.push(anyTextOf(row.key), row.paramsHash, row.maxTokens, row.itemBytes)
    }
    const { row, id } = requests[0] as NewRequest
    const common = {
      ...this.#common,
      id,
      row: this.#rowOf(row),
      prefix: prefixIdOf(this.#page, row.prefix),
      lane: this.#page.idOf(row.lane),
      model: this.#page.idOf(row.model),
    }
    db.runWith(ALIKE.bodies, common, bodies)
    db.runWith(ALIKE.requests, common, values)
  }

  #rowOf(row: IntakeRow): number | null {
    return this.#page.jobId === 0 ? null : row.row
  }
}

/** Whether requests are neighbours, in ids and in rows, and else differ only in what each has of its own: key, params, size. */
function areAlike(requests: readonly NewRequest[]): boolean {
  const first = requests[0]
  return requests.every(
    ({ row, id, supersedesId }, at) =>
      first !== undefined &&
      id === first.id + at &&
      row.row === (first.row.row === null ? null : first.row.row + at) &&
      row.prefix === first.row.prefix &&
      row.model === first.row.model &&
      row.lane === first.row.lane &&
      row.labels === null &&
      row.deadlineAt === null &&
      supersedesId === null,
  )
}

// The rest of what came with a page follows from its rows, whose ids are neighbours.
const ADD_PROGRESS = `INSERT INTO progress (id, state, attempt_count)
  SELECT id, 0, 0 FROM requests WHERE id >= ? AND id <= ?`

/** Gives the new requests of a page their progress and their place in the queue. */
export function enterRequests(page: PutPage, firstId: number, lastId: number): void {
  page.session.db.run(ADD_PROGRESS, firstId, lastId)
  enqueue(page.session, firstId, lastId)
}
