import { bytesFromHex, hexOf } from '../../model/hex.js'

/** A file's bytes by what tells them from all others. */
export interface BlobRef {
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array
  readonly size: number
}

/** Where a body stands for a file. */
export interface BlobMark extends BlobRef {
  /** Index of the mark's first byte. */
  readonly at: number
  /** Index after its last byte. */
  readonly end: number
}

/** Begins a mark. UTF-8 has no such byte, so nothing that came as JSON can be taken for one. */
const OPENING = 0xff
const HASH_DIGITS = 64
const SIZE_DIGITS = 8
/** Bytes of a mark: the opening, the hash and the size in hexadecimal digits. */
export const BLOB_MARK_BYTES: number = 1 + HASH_DIGITS + SIZE_DIGITS

/** How many bytes so many bytes are in base64. */
export function base64BytesOf(size: number): number {
  return 4 * Math.ceil(size / 3)
}

/**
 * The mark that stands in a body where the base64 of a file goes.
 *
 * It bears the file's size, so that whoever has the body knows how long it is on the wire without asking for the file.
 */
export function blobMark({ hash, size }: BlobRef): Uint8Array {
  const mark = new Uint8Array(BLOB_MARK_BYTES)
  mark[0] = OPENING
  const text = hexOf(hash) + size.toString(16).padStart(SIZE_DIGITS, '0')
  for (let index = 0; index < text.length; index += 1) mark[1 + index] = text.charCodeAt(index)
  return mark
}

/** The first mark of a body from `start` on; null when there is none. */
export function findBlobMark(body: Uint8Array, start: number = 0): BlobMark | null {
  for (let at = body.indexOf(OPENING, start); at !== -1; at = body.indexOf(OPENING, at + 1)) {
    const end = at + BLOB_MARK_BYTES
    if (end > body.length) return null
    const text = hexText(body, at + 1, end)
    if (text === null) continue
    const hash = bytesFromHex(text.slice(0, HASH_DIGITS))
    return { at, end, hash, size: Number.parseInt(text.slice(HASH_DIGITS), 16) }
  }
  return null
}

/** All marks of a body, in their order. */
export function* blobMarksOf(body: Uint8Array): Generator<BlobMark, void, undefined> {
  for (let mark = findBlobMark(body); mark !== null; mark = findBlobMark(body, mark.end)) yield mark
}

/** How long a body is on the wire, where base64 stands in place of its marks. */
export function wireBytesOf(body: Uint8Array): number {
  let bytes = body.length
  for (const { size } of blobMarksOf(body)) bytes += base64BytesOf(size) - BLOB_MARK_BYTES
  return bytes
}

/**
 * The body with text in place of its marks, as long as it was, so that it is JSON and every member stands where it stood.
 * The body itself when it has none.
 */
export function withoutMarks(body: Uint8Array): Uint8Array {
  let masked: Uint8Array | null = null
  for (const { at } of blobMarksOf(body)) {
    masked ??= body.slice()
    masked[at] = LETTER
  }
  return masked ?? body
}

const LETTER = 0x58

// Lower case only, as it is written.
function hexText(bytes: Uint8Array, start: number, end: number): string | null {
  let text = ''
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66))) return null
    text += String.fromCharCode(byte)
  }
  return text
}
