import { InvariantError } from '@halfrate/core'
import type { Connection } from '../database/connection.js'

/** A member as it is stored. */
export interface MemberRow {
  readonly ordinal: number
  readonly request_id: number
  readonly prefix_id: number
  readonly bytes: Uint8Array
}

// The driver takes longer to make a row and a value for each body than SQLite to read it. So SQLite puts the bodies of
// a page together: group_concat takes a BLOB as the bytes that it is, zeros and invalid text included.
const READ = `SELECT group_concat(ordinal || ',' || request_id || ',' || prefix_id || ',' || size) AS facts,
    CAST(group_concat(bytes, '') AS BLOB) AS bytes
  FROM (SELECT a.ordinal, a.request_id, b.prefix_id, length(b.bytes) AS size, b.bytes
    FROM attempts a CROSS JOIN bodies b ON b.id = a.body_id
    WHERE a.submission_id = ? AND a.ordinal > ? AND a.withdrawn = 0
    ORDER BY a.ordinal LIMIT ?)`
const FACTS = 4

interface Page {
  readonly facts: string | null
  readonly bytes: Uint8Array | null
}

// Pages that were read, as long as they are somewhere; no other memory is ever let go.
const pages = new WeakSet<ArrayBufferLike>()

/**
 * Frees the page that a body was read with, which nobody looks at any more. V8 would do so only when its own heap is full
 * or 64 MB of them have gathered.
 */
export function letGo({ buffer }: Uint8Array): void {
  // Whoever looks all the same finds nothing there, and never another page's bytes.
  if (buffer instanceof ArrayBuffer && pages.delete(buffer)) buffer.transfer(0)
}

/**
 * Reads members whose bodies are small, in wire order; they share one buffer.
 *
 * @throws {InvariantError} when what came is not exactly the members' bytes, in their order.
 */
export function readTogether(
  reader: Connection,
  run: readonly [submissionId: number, after: number, limit: number],
): readonly MemberRow[] {
  const page = reader.get<Page>(READ, ...run)
  const facts = JSON.parse(`[${page?.facts ?? ''}]`) as readonly number[]
  const all = page?.bytes ?? new Uint8Array()
  // The driver gives each value a buffer of its own; one that is shared would not be ours to free.
  if (all.length > 0 && all.length === all.buffer.byteLength) pages.add(all.buffer)
  const rows: MemberRow[] = []
  let at = 0
  for (let each = 0; each < facts.length; each += FACTS) {
    const [ordinal = 0, request_id = 0, prefix_id = 0, size = 0] = facts.slice(each, each + FACTS)
    const bytes = new Uint8Array(all.buffer, all.byteOffset + at, size)
    rows.push({ ordinal, request_id, prefix_id, bytes })
    at += size
  }
  checkPage(rows, all.length - at)
  return rows
}

// SQLite promises no order to an aggregate, and takes it from the rows that come in.
function checkPage(rows: readonly MemberRow[], left: number): void {
  const isInOrder = rows.every((row, index) => row.ordinal > (rows[index - 1]?.ordinal ?? -1))
  if (left !== 0 || !isInOrder) {
    throw new InvariantError('The bodies of a page did not come together in their order.')
  }
}
