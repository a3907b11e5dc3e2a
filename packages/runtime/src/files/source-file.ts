import { createHash } from 'node:crypto'
import { type InputPlace, InvalidInputError } from '@halfrate/core'
import { MEDIA_NAMES, mediaTypeOf, type SourceFile } from '@halfrate/core/intake'

/** Most bytes of a file: in base64 it is a third longer, and the provider takes no message above 32 MB, prompt and all. */
export const MOST_FILE_BYTES = 23_900_000

/** Stable codes of what can be wrong with a file that a request names. */
export type SourceFileRule =
  | 'file_not_found'
  | 'file_unreadable'
  | 'file_empty'
  | 'file_too_large'
  | 'file_type_unknown'
  | 'file_outside'

/**
 * A file of a request: its bytes, what they are, and their digest.
 *
 * @param name how errors call it.
 * @param place where it is named.
 * @throws {InvalidInputError} when it is none of what a block can hold, or too large.
 */
export function sourceFile(bytes: Uint8Array, name: string, place: InputPlace): SourceFile {
  checkSize(bytes.length, name, place)
  const mediaType = mediaTypeOf(bytes)
  if (mediaType === null) {
    throw fileError(place, 'file_type_unknown', {
      problem: `expected ${MEDIA_NAMES}, got ${name}, which begins with ${shownBeginning(bytes)}.`,
      hint: 'What a file is, its content tells and not its name: a PDF begins with %PDF-, without a byte before it. Fetch it if it is a pointer of Git LFS, and send a text as a block of type "text".',
    })
  }
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    mediaType,
    bytes: plain,
    hash: new Uint8Array(createHash('sha256').update(bytes).digest()),
  }
}

/**
 * Makes sure that a file can be sent, by its size.
 *
 * @throws {InvalidInputError} when it is empty or too large.
 */
export function checkSize(size: number, name: string, place: InputPlace): void {
  if (size === 0) {
    throw fileError(place, 'file_empty', {
      problem: `expected ${MEDIA_NAMES}, got ${name}, which is empty.`,
    })
  }
  if (size <= MOST_FILE_BYTES) return
  throw fileError(place, 'file_too_large', {
    problem: `expected at most ${countText(MOST_FILE_BYTES)} bytes, got ${name} with ${countText(size)}.`,
    hint: 'The provider takes no message above 32 MB, and base64 is a third longer than the file. Part it, or make it smaller.',
  })
}

/** The error for a file that can't be read, by what the system says. */
export function unreadableFile(
  error: NodeJS.ErrnoException,
  name: string,
  place: InputPlace,
): InvalidInputError {
  const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR'
  return fileError(place, isMissing ? 'file_not_found' : 'file_unreadable', {
    problem: isMissing
      ? `there is no file ${name}.`
      : `${name} can't be read: ${error.code === 'EISDIR' ? 'it is a folder' : error.message}.`,
    hint: isMissing ? 'Paths are relative to the folder of what names them.' : undefined,
    cause: error,
  })
}

/** Makes the error for a file that a request names. */
export function fileError(
  place: InputPlace,
  rule: SourceFileRule,
  said: Readonly<{ problem: string; hint?: string | undefined; cause?: unknown }>,
): InvalidInputError {
  const { problem, hint, cause } = said
  const advice = 'Nothing was sent. Correct the path or the file, then do the same again.'
  return new InvalidInputError({
    place,
    rule,
    problem,
    nextStep: hint === undefined ? advice : `${hint} ${advice}`,
    cause,
  })
}

const SHOWN_BYTES = 8

function shownBeginning(bytes: Uint8Array): string {
  const first = Buffer.from(bytes.subarray(0, SHOWN_BYTES))
  const text = first.toString('latin1')
  return /^[\x20-\x7e]+$/.test(text) ? JSON.stringify(text) : `the bytes ${first.toString('hex')}`
}

function countText(count: number): string {
  return count.toLocaleString('en-US')
}
