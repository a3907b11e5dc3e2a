import { writeBase64 } from '../base64.js'
import { base64BytesOf, blobMark, blobMarksOf, wireBytesOf } from './blob-mark.js'
import type { FileSource } from './file-sources.js'
import { type LinePlace, refusal } from './intake-error.js'
import type { JsonMember } from './json-member.js'
import { bytesOfText } from './json-text.js'
import { fileBlockOf, type MediaType } from './media-type.js'
import { shownText } from './shown-value.js'

/** A file that a request holds, whole. */
export interface SourceFile {
  readonly mediaType: MediaType
  /** SHA-256 of the bytes, 32 bytes. */
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

/** The files of a request by the paths that its sources name. */
export type SourceFiles = ReadonlyMap<string, SourceFile>

/** Params of which each source with a path is one with base64, whose data is a mark. */
export interface Spliced {
  readonly bytes: Uint8Array
  readonly params: readonly JsonMember[]
  /** Each once. */
  readonly blobs: readonly SourceFile[]
}

/**
 * Puts a source with a mark in place of each that names a file; every other byte stays as it came.
 *
 * @throws {InvalidInputError} rule `path_not_taken` when a path has no file here, `invalid_source` when the file is
 * none of its block's kind.
 */
export function spliceFiles(
  from: Readonly<{ bytes: Uint8Array; params: readonly JsonMember[] }>,
  sources: readonly FileSource[],
  files: SourceFiles | null,
  place: LinePlace,
): Spliced {
  const blobs = new Map<string, SourceFile>()
  const edits = sources.map((source) => {
    const file = fileOf(source, files, place)
    blobs.set(String.fromCharCode(...file.hash), file)
    return { start: source.start, end: source.end, bytes: markedSource(file) }
  })
  const shifted = (at: number): number =>
    edits.reduce(
      (to, { start, end, bytes }) => (end <= at ? to + bytes.length - end + start : to),
      at,
    )
  const params = from.params.map((member) => ({
    ...member,
    start: shifted(member.start),
    nameEnd: shifted(member.nameEnd),
    valueStart: shifted(member.valueStart),
    end: shifted(member.end),
  }))
  return { bytes: edited(from.bytes, edits), params, blobs: [...blobs.values()] }
}

/** The body as it is sent, whole, with base64 in place of its marks. */
export function expandMarks(body: Uint8Array, blobs: readonly SourceFile[]): Uint8Array {
  const whole = new Uint8Array(wireBytesOf(body))
  let [from, to] = [0, 0]
  for (const mark of blobMarksOf(body)) {
    whole.set(body.subarray(from, mark.at), to)
    to += mark.at - from
    const blob = blobs.find(({ hash }) => hash.every((byte, index) => byte === mark.hash[index]))
    to = blob === undefined ? to + base64BytesOf(mark.size) : writeBase64(blob.bytes, whole, to)
    from = mark.end
  }
  whole.set(body.subarray(from), to)
  return whole
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const size = edits.reduce(
    (sum, edit) => sum + edit.bytes.length - edit.end + edit.start,
    bytes.length,
  )
  const target = new Uint8Array(size)
  let [from, to] = [0, 0]
  for (const edit of edits) {
    target.set(bytes.subarray(from, edit.start), to)
    to += edit.start - from
    target.set(edit.bytes, to)
    to += edit.bytes.length
    from = edit.end
  }
  target.set(bytes.subarray(from), to)
  return target
}

const TAIL = bytesOfText('"}')

function markedSource({ mediaType, hash, bytes }: SourceFile): Uint8Array {
  const head = bytesOfText(`{"type":"base64","media_type":"${mediaType}","data":"`)
  const mark = blobMark({ hash, size: bytes.length })
  const source = new Uint8Array(head.length + mark.length + TAIL.length)
  source.set(head)
  source.set(mark, head.length)
  source.set(TAIL, head.length + mark.length)
  return source
}

function fileOf(source: FileSource, files: SourceFiles | null, place: LinePlace): SourceFile {
  const { path, field, block } = source
  const file = files?.get(path)
  if (file === undefined) {
    throw refusal({
      place,
      field,
      rule: 'path_not_taken',
      problem: `expected base64, a URL or a file_id, got the path "${shownText(path)}".`,
      hint: 'A path is followed only where somebody names files of their own: by halfrate run and halfrate enqueue, and by a program that says filesFrom.',
    })
  }
  const proper = fileBlockOf(file.mediaType)
  if (proper === block) return file
  throw refusal({
    place,
    field,
    rule: 'invalid_source',
    problem: `expected ${block === 'image' ? 'a picture' : 'a PDF'} in a block of type "${block}", got ${file.mediaType} ("${shownText(path)}").`,
    hint: `Write "type": "${proper}" for it.`,
  })
}
