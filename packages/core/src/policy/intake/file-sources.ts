import { skipValue } from '../results/json-span.js'
import { type LinePlace, refusal } from './intake-error.js'
import type { JsonMember } from './json-member.js'
import { textOfString } from './json-text.js'
import type { FileBlock } from './media-type.js'
import { shownBytes } from './shown-value.js'
import { sliceMembers } from './slice-members.js'

/** Where a block of a request names a file: the value of its `source`. */
export interface FileSource {
  readonly start: number
  readonly end: number
  readonly path: string
  readonly block: FileBlock
  /** The way to it, for errors. */
  readonly field: string
}

const BRACKET = 0x5b
const BRACE = 0x7b
const QUOTE = 0x22
const COMMA = 0x2c

/**
 * The sources of form `{"type": "path", "path": "…"}` in params, in their order. They stand where the provider takes base64:
 * in image and document blocks of messages, of tool results, and of documents that have blocks. Anything of that form
 * elsewhere, such as a tool's input, is left alone.
 *
 * @throws {InvalidInputError} rule `invalid_source`, when one has other members or no path.
 */
export function findFileSources(
  bytes: Uint8Array,
  params: readonly JsonMember[],
  place: LinePlace,
): readonly FileSource[] {
  const messages = params.find(({ name }) => name === 'messages')
  if (messages === undefined) return []
  const found: FileSource[] = []
  const input: Input = { bytes, place, found }
  for (const [index, start] of elementsOf(bytes, messages.valueStart).entries()) {
    const members = membersAt(input, start)
    blocksIn(input, members.get('content'), `params.messages.${index}.content`)
  }
  return found
}

interface Input {
  readonly bytes: Uint8Array
  readonly place: LinePlace
  readonly found: FileSource[]
}

type Members = ReadonlyMap<string, JsonMember>

function blocksIn(input: Input, content: JsonMember | undefined, field: string): void {
  if (content === undefined) return
  for (const [index, start] of elementsOf(input.bytes, content.valueStart).entries()) {
    blockAt(input, start, `${field}.${index}`)
  }
}

function blockAt(input: Input, start: number, field: string): void {
  const members = membersAt(input, start)
  const type = textOf(input, members.get('type'))
  if (type === 'tool_result') blocksIn(input, members.get('content'), `${field}.content`)
  if (type !== 'image' && type !== 'document') return
  const source = members.get('source')
  if (source === undefined) return
  const inside = membersAt(input, source.valueStart)
  const form = textOf(input, inside.get('type'))
  if (form === 'content') blocksIn(input, inside.get('content'), `${field}.source.content`)
  if (form !== 'path') return
  const path = textOf(input, inside.get('path'))
  if (path === null || path === '' || inside.size !== 2) {
    throw invalidSource(input, source, `${field}.source`)
  }
  const { valueStart, end } = source
  input.found.push({ start: valueStart, end, path, block: type, field: `${field}.source` })
}

/** Where the values of the array at `start` begin; none when there is no array. */
function elementsOf(bytes: Uint8Array, start: number): readonly number[] {
  const starts: number[] = []
  if (bytes[start] !== BRACKET) return starts
  let at = skipSpace(bytes, start + 1)
  // The whole of it was checked, so a value follows each comma and the bracket comes.
  for (let isMore = bytes[at] !== 0x5d; isMore; ) {
    starts.push(at)
    at = skipSpace(bytes, skipValue(bytes, at))
    isMore = bytes[at] === COMMA
    if (isMore) at = skipSpace(bytes, at + 1)
  }
  return starts
}

function skipSpace(bytes: Uint8Array, start: number): number {
  let at = start
  while (at < bytes.length && ' \t\n\r'.includes(String.fromCharCode(bytes[at] as number))) at += 1
  return at
}

function membersAt({ bytes, place }: Input, start: number): Members {
  if (bytes[start] !== BRACE) return new Map()
  const members = sliceMembers(bytes, start, skipValue(bytes, start), { place })
  return new Map(members.map((member) => [member.name, member]))
}

function textOf({ bytes }: Input, member: JsonMember | undefined): string | null {
  if (member === undefined || bytes[member.valueStart] !== QUOTE) return null
  return textOfString(bytes, member.valueStart, member.end)
}

function invalidSource({ bytes, place }: Input, source: JsonMember, field: string): Error {
  return refusal({
    place,
    field,
    rule: 'invalid_source',
    problem: `expected {"type": "path", "path": "…"} and nothing else, got ${shownBytes(bytes, source.valueStart, source.end)}.`,
    hint: 'The type of the file is told by its content.',
  })
}
