import type { InputPlace } from '@halfrate/core'
import { fileBlockOf, type NewRequest, type SourceFile } from '@halfrate/core/intake'
import type { FilesFolder } from './files-folder.js'
import { RequestFiles } from './request-files.js'
import { fileError, sourceFile } from './source-file.js'

/** A request of a program whose files are read, and the files by the paths that its sources name now. */
export interface AttachedRequest {
  readonly request: NewRequest
  readonly files: ReadonlyMap<string, SourceFile>
}

const PLACE: InputPlace = { file: null, line: null, field: 'params.messages' }
const NO_FILES: ReadonlyMap<string, SourceFile> = new Map()

/**
 * Reads the files that the blocks of a program's request name or bring: `{ type: 'path', path }` and
 * `{ type: 'bytes', data, media_type? }` as `source` of an image or a document, also within a tool's result or a document's
 * content. The request itself is not changed.
 *
 * @param filesFrom where paths lead; null when none is followed.
 * @throws {InvalidInputError} when a file can't be read or sent.
 */
export async function attachedFiles(
  request: NewRequest,
  filesFrom: FilesFolder | null,
): Promise<AttachedRequest> {
  const { messages } = (request.params ?? {}) as { readonly messages?: unknown }
  if (!Array.isArray(messages)) return { request, files: NO_FILES }
  const reading: Reading = { filesFrom, files: new RequestFiles(PLACE) }
  const read: unknown[] = []
  for (const message of messages) read.push(await withBlocks(message, reading))
  const { byPath } = reading.files
  if (byPath.size === 0) return { request, files: NO_FILES }
  return {
    request: { ...request, params: { ...request.params, messages: read } },
    files: byPath,
  }
}

interface Reading {
  readonly filesFrom: FilesFolder | null
  readonly files: RequestFiles
}

interface Block {
  readonly type?: unknown
  readonly source?: unknown
  readonly content?: unknown
}

async function withBlocks(holder: unknown, reading: Reading): Promise<unknown> {
  const content = isObject(holder) ? (holder as Block).content : undefined
  if (!Array.isArray(content)) return holder
  const blocks: unknown[] = []
  for (const block of content) blocks.push(await blockOf(block, reading))
  return { ...(holder as object), content: blocks }
}

async function blockOf(value: unknown, reading: Reading): Promise<unknown> {
  if (!isObject(value)) return value
  const block = value as Block
  if (block.type === 'tool_result') return await withBlocks(block, reading)
  if (block.type !== 'image' && block.type !== 'document') return block
  const { source } = block
  if (!isObject(source)) return block
  const { type } = source as Block
  if (type === 'content') return { ...block, source: await withBlocks(source, reading) }
  if (type === 'bytes') return { ...block, source: fromBytes(source, reading) }
  if (type === 'path') return { ...block, source: await fromPath(source, reading) }
  return block
}

// No path has a NUL in it, so what stands for bytes is never taken for one.
function fromBytes(source: object, reading: Reading): object {
  const { data, media_type: told } = source as { data?: unknown; media_type?: unknown }
  if (!(data instanceof Uint8Array)) {
    throw fileError(PLACE, 'file_unreadable', {
      problem: 'expected a Uint8Array as data of a source of type "bytes", got something else.',
    })
  }
  const name = `the data of a source (${data.length} bytes)`
  // A copy, so that what the caller does with theirs changes nothing.
  const file = sourceFile(data.slice(), name, PLACE)
  if (told !== undefined && told !== file.mediaType) {
    throw fileError(PLACE, 'file_type_unknown', {
      problem: `expected ${JSON.stringify(told)}, which media_type says, got ${file.mediaType} (${fileBlockOf(file.mediaType)}).`,
      hint: 'Leave media_type out: the content tells it.',
    })
  }
  const path = `\0${reading.files.byPath.size}`
  reading.files.add(path, file)
  return { type: 'path', path }
}

async function fromPath(source: object, { filesFrom, files }: Reading): Promise<object> {
  const { path } = source as { path?: unknown }
  // Without a folder, or a path, the row says what is wrong.
  if (filesFrom === null || typeof path !== 'string' || path === '') return source
  if (!files.byPath.has(path)) files.add(path, await filesFrom.read(path, PLACE))
  return source
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
