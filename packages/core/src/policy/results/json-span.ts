const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

const decoder = new TextDecoder()

/** Where a value stands in the bytes of a JSON text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/**
 * Walks the object that begins at `start` and answers where it ends; `visit` is told where each value of the member
 * `name` begins, and answers where it ends.
 *
 * The bytes must be JSON that `JSON.parse` took; on others it stops somewhere inside them and never throws. A name that
 * is written with escapes is known too. For one that stands there twice `visit` is asked twice; `JSON.parse` keeps
 * the last.
 */
export function walkObject(
  bytes: Uint8Array,
  start: number,
  name: string,
  visit: (valueStart: number) => number,
): number {
  let at = skipSpace(bytes, start + 1)
  while (bytes[at] === QUOTE) {
    const nameEnd = skipString(bytes, at)
    const afterColon = Math.min(skipSpace(bytes, nameEnd) + 1, bytes.length)
    const valueStart = skipSpace(bytes, afterColon)
    const isWanted = isNameAt(bytes, at, nameEnd, name)
    at = skipSpace(bytes, isWanted ? visit(valueStart) : skipValue(bytes, valueStart))
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1)
  }
  return Math.min(at + 1, bytes.length)
}

/** The bytes of a span, as a view on the same memory; null for none. */
export function cutSpan(bytes: Uint8Array, span: Span | null): Uint8Array | null {
  return span === null ? null : bytes.subarray(span.start, span.end)
}

/** Where the first value of a JSON text begins, byte order mark and white space passed over. */
export function valueStartOf(bytes: Uint8Array): number {
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  return skipSpace(bytes, hasMark ? 3 : 0)
}

/** Whether the value that begins here is an object. */
export function isObjectAt(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === OPEN_OBJECT
}

// `name` is plain ASCII, so it is written either as it stands or with escapes, which are longer.
function isNameAt(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  const length = end - start - 2
  if (length === name.length) {
    for (let at = 0; at < length; at += 1) {
      if (bytes[start + 1 + at] !== name.charCodeAt(at)) return false
    }
    return true
  }
  if (length < name.length || !bytes.subarray(start, end).includes(BACKSLASH)) return false
  return unescaped(bytes.subarray(start, end)) === name
}

function unescaped(token: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(token))
  } catch {
    return null
  }
}

/** Where the value ends that begins at `start`. */
export function skipValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return skipString(bytes, start)
  if (first === OPEN_OBJECT || first === OPEN_ARRAY) return skipNested(bytes, start)
  let at = start
  while (at < bytes.length && !endsScalar(bytes[at])) at += 1
  return at
}

function skipNested(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = skipString(bytes, at)
      continue
    }
    at += 1
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1
    if (depth === 0) return at
  }
  return at
}

// Bytes of multi-byte characters are all above 0x7f, so a quote or backslash byte is always that character.
function skipString(bytes: Uint8Array, start: number): number {
  let at = start + 1
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return Math.min(at + 1, bytes.length)
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (isSpace(bytes[at])) at += 1
  return at
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function endsScalar(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte)
}
