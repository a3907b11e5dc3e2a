import { MAX_LINE_BYTES } from '@halfrate/core/intake'
import { numbers } from '../database/binary-format.js'
import type { Step } from '../session.js'
import { INBOX_TABLE } from './inbox-table.js'
import { type InboxRow, refusal } from './read-inbox-row.js'

interface Head {
  readonly id: number
  readonly bytes: number
}

/** Rows that are locked until the step is over, and those of them that are too long to be read. */
export interface TakenRows {
  readonly rows: readonly InboxRow[]
  readonly tooLong: readonly { readonly id: number; readonly error: Error }[]
}

// A page is read into memory whole.
const MOST_BYTES = 16_777_216

// Uses halfrate_inbox_new. Sizes are known without reading the values. What another worker has taken is passed by.
const HEADS = `SELECT id, octet_length(params) + coalesce(octet_length(labels), 0) AS bytes FROM ${INBOX_TABLE}
  WHERE error IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED`
const ROWS = `SELECT id, project, account, queue, "key", params, labels,
    floor(extract(epoch FROM deadline_at)::float8 * 1000) AS deadline_ms
  FROM ${INBOX_TABLE} WHERE id = ANY($1::bigint[]) ORDER BY id`

/** Takes the oldest rows that nobody else has, up to a number and an amount of bytes; one at least if there is one. */
export async function takeRows({ db }: Step, limit: number): Promise<TakenRows> {
  const heads = await db.all<Head>(HEADS, limit)
  let bytes = 0
  const page = heads.filter((head, index) => {
    if (head.bytes <= MAX_LINE_BYTES) bytes += head.bytes
    return index === 0 || bytes <= MOST_BYTES
  })
  const fits = page.filter((head) => head.bytes <= MAX_LINE_BYTES)
  const tooLong = page.filter((head) => head.bytes > MAX_LINE_BYTES)
  const ids = numbers(fits.map((head) => head.id))
  return {
    rows: fits.length === 0 ? [] : await db.all<InboxRow>(ROWS, ids),
    tooLong: tooLong.map((head) => ({
      id: head.id,
      error: refusal('params', `expected at most ${MAX_LINE_BYTES} bytes, got ${head.bytes}`),
    })),
  }
}
