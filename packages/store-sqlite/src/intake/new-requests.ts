import type { IntakeRow } from '@halfrate/core'
import { anyTextOf, type SqlValue } from '@halfrate/store-sql'
import { enqueue } from '../waiting.js'
import { type PutPage, prefixIdOf } from './put-page.js'
import { inRows, ROWS_AT_ONCE } from './rows-at-once.js'

const BODY_VALUES = '(?, ?, ?, ?, ?, ?)'
const REQUEST_VALUES = `(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)`

// Both append. A body has its request's id.
function addBodies(count: number): string {
  return `INSERT INTO bodies (id, project_id, account_id, prefix_id, key_hash, bytes)
    VALUES ${inRows(BODY_VALUES, count)}`
}

function addRequests(count: number): string {
  return `INSERT INTO requests (id, project_id, account_id, queue_id, lane_id, job_id, part,
      listed_part, "row", listed_before_part, "key", params_hash, body_id, prefix_id, model_id,
      max_tokens, item_bytes, labels, deadline_at, created_at, supersedes_id,
      not_before, batch_limit, failure_count, expiry_count)
    VALUES ${inRows(REQUEST_VALUES, count)}`
}

const SQL = {
  one: { bodies: addBodies(1), requests: addRequests(1) },
  some: { bodies: addBodies(ROWS_AT_ONCE), requests: addRequests(ROWS_AT_ONCE) },
}

/** New requests of a page on their way into the tables, a few at a time. */
export class NewRequests {
  readonly #page: PutPage
  #bodies: SqlValue[] = []
  #requests: SqlValue[] = []
  #held = 0
  /** Requests that were added, written or not. */
  count = 0

  constructor(page: PutPage) {
    this.#page = page
  }

  /** Adds a request with its body and its prefix. */
  add(row: IntakeRow, id: number, supersedesId: number | null): void {
    const { projectId, accountId, queueId, jobId, part, now } = this.#page
    const prefixId = prefixIdOf(this.#page, row.prefix)
    this.#bodies.push(id, projectId, accountId, prefixId, row.keyHash, row.body)
    this.#requests.push(
      id,
      projectId,
      accountId,
      queueId,
      this.#page.idOf(row.lane),
      jobId,
      part,
      part,
      jobId === 0 ? null : row.row,
      anyTextOf(row.key),
      row.paramsHash,
      id,
      prefixId,
      this.#page.idOf(row.model),
      row.maxTokens,
      row.itemBytes,
      row.labels === null ? null : JSON.stringify(row.labels),
      row.deadlineAt,
      now,
      supersedesId,
    )
    this.count += 1
    this.#held += 1
    if (this.#held === ROWS_AT_ONCE) this.#writeSome()
  }

  /** Writes what is held, so that it can be read. */
  flush(): void {
    const { db } = this.#page.session
    const width = {
      bodies: this.#bodies.length / this.#held,
      requests: this.#requests.length / this.#held,
    }
    for (let index = 0; index < this.#held; index += 1) {
      db.run(SQL.one.bodies, ...slice(this.#bodies, index, width.bodies))
      db.run(SQL.one.requests, ...slice(this.#requests, index, width.requests))
    }
    this.#clear()
  }

  #writeSome(): void {
    const { db } = this.#page.session
    db.run(SQL.some.bodies, ...this.#bodies)
    db.run(SQL.some.requests, ...this.#requests)
    this.#clear()
  }

  #clear(): void {
    this.#bodies = []
    this.#requests = []
    this.#held = 0
  }
}

function slice(values: readonly SqlValue[], index: number, width: number): SqlValue[] {
  return values.slice(index * width, (index + 1) * width)
}

// The rest of what came with a page follows from its rows, whose ids are neighbours.
const ADD_PROGRESS = `INSERT INTO progress (id, state, attempt_count)
  SELECT id, 0, 0 FROM requests WHERE id >= ? AND id <= ?`

/** Gives the new requests of a page their progress and their place in the queue. */
export function enterRequests(page: PutPage, firstId: number, lastId: number): void {
  page.session.db.run(ADD_PROGRESS, firstId, lastId)
  enqueue(page.session, firstId, lastId)
}
