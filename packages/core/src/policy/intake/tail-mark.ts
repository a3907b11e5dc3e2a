import { keyTailOf, MAX_KEY_TAIL_LENGTH } from '../key-tail.js'
import type { AcceptedRow } from './intake-row-maker.js'

/** A body as it is sent, and what its custom id ends in. */
export interface SplitBody {
  /** The characters of the tail in ASCII; null when the id has none. */
  readonly tail: Uint8Array | null
  /** Without the mark; a view of the given bytes. */
  readonly body: Uint8Array
}

/** Stands before the tail and after it. UTF-8 has no such byte, so nothing that came as JSON can be taken for one. */
const FENCE = 0xfe
const LEAST_END = 3
const MOST_END = MAX_KEY_TAIL_LENGTH + 1

/**
 * The row with the tail of its key: a mark at the beginning of its body says which, and its item is longer by the tail.
 *
 * So it is decided once, at intake. Whoever sends the body, now or in a later attempt, has the tail with it, and a store
 * keeps it as it keeps any bytes.
 */
export function withKeyTail<
  Row extends Pick<AcceptedRow, 'key' | 'keyHash' | 'body' | 'itemBytes'>,
>(row: Row): Row {
  const tail = keyTailOf(row.key, row.keyHash)
  const body = new Uint8Array(tail.length + 2 + row.body.length)
  body[0] = FENCE
  for (let index = 0; index < tail.length; index += 1) body[index + 1] = tail.charCodeAt(index)
  body[tail.length + 1] = FENCE
  body.set(row.body, tail.length + 2)
  return { ...row, body, itemBytes: row.itemBytes + tail.length }
}

/** Bytes of the mark at the beginning of a body; 0 when it has none. */
export function tailMarkBytes(body: Uint8Array): number {
  if (body[0] !== FENCE) return 0
  const end = body.indexOf(FENCE, 1)
  return end >= LEAST_END && end <= MOST_END ? end + 1 : 0
}

/** Takes a stored body apart. */
export function splitBody(body: Uint8Array): SplitBody {
  const bytes = tailMarkBytes(body)
  if (bytes === 0) return { tail: null, body }
  return { tail: body.subarray(1, bytes - 1), body: body.subarray(bytes) }
}
