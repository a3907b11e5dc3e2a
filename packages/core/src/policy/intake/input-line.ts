import type { EpochMs } from '../../model/time.js'
import { readDeadline } from './deadline.js'
import { type LinePlace, NO_PLACE, refusal } from './intake-error.js'
import type { JsonMember } from './json-member.js'
import { hasEscape, textOfSlice, textOfString } from './json-text.js'
import { type Key, readKey } from './key.js'
import { readLabels } from './labels.js'
import { lineTooLong, MAX_LINE_BYTES } from './line-feeder.js'
import { nearNames } from './near-names.js'
import { shownBytes, shownText } from './shown-value.js'
import { sliceLine } from './slice-members.js'

/** One request of an input file, its JSON checked; the params are still slices of the line. */
export interface InputLine {
  readonly place: LinePlace
  /** The bytes that `params` point into; only as good as the buffer that they came in. */
  readonly bytes: Uint8Array
  readonly key: Key
  readonly params: readonly JsonMember[]
  readonly deadlineAt: EpochMs | null
  readonly labels: Readonly<Record<string, string>> | null
  /** Whether a member of any depth may be called `path`; surely none when false. */
  readonly mayHavePaths: boolean
}

const MEMBERS = ['key', 'custom_id', 'params', 'deadline_at', 'labels'] as const
type Member = (typeof MEMBERS)[number]
const BRACE = 0x7b

/**
 * Reads one line of an input: `{custom_id, params}` as the Batches API takes it, or `{key, params, deadline_at, labels}`.
 *
 * Answers null for a blank line. A byte order mark in front of line 1 and a carriage return at the end are nothing.
 *
 * @throws {InvalidInputError} naming file, line and member, when the line can't be taken.
 */
export function readInputLine(bytes: Uint8Array, place: LinePlace = NO_PLACE): InputLine | null {
  if (bytes.length > MAX_LINE_BYTES) throw lineTooLong(place, MAX_LINE_BYTES)
  refuseUtf16(bytes, place)
  const start = place.line === 1 && hasByteOrderMark(bytes) ? 3 : 0
  if (isBlank(bytes, start)) return null
  const found: Partial<Record<Member, JsonMember>> = {}
  const { members, mayHavePaths } = sliceLine(bytes, start, bytes.length, { open: 'params', place })
  for (const member of members) {
    if (!isKnown(member.name)) throw unknownMember(member.name, place)
    found[member.name] = member
  }
  return {
    place,
    bytes,
    key: keyOf(found, bytes, place),
    params: paramsOf(found.params, bytes, place),
    deadlineAt: readDeadline(readValue(found.deadline_at, bytes), place, 'file'),
    labels: readLabels(readValue(found.labels, bytes), place),
    mayHavePaths,
  }
}

/**
 * The members of params.
 *
 * @throws {InvalidInputError} rule `invalid_params`, when it is no object.
 */
export function paramsOf(
  member: JsonMember | undefined,
  bytes: Uint8Array,
  place: LinePlace,
): readonly JsonMember[] {
  if (member?.members) return member.members
  const got = member === undefined ? 'none' : shownBytes(bytes, member.valueStart, member.end)
  throw refusal({
    place,
    field: 'params',
    rule: 'invalid_params',
    problem: `expected an object with the params of a message, got ${got}.`,
  })
}

function keyOf(found: Partial<Record<Member, JsonMember>>, bytes: Uint8Array, place: LinePlace) {
  if (found.key !== undefined && found.custom_id !== undefined) {
    throw refusal({
      place,
      field: 'key',
      rule: 'duplicate_member',
      problem: 'expected key or custom_id, got both.',
    })
  }
  const field = found.custom_id === undefined ? 'key' : 'custom_id'
  const member = found[field]
  return readKey(readValue(member, bytes), { place, field }, plainText(member, bytes))
}

/** The UTF-8 of a string without escapes, which stands in the line as it is. */
function plainText(member: JsonMember | undefined, bytes: Uint8Array): Uint8Array | undefined {
  if (member === undefined || bytes[member.valueStart] !== 0x22) return undefined
  if (hasEscape(bytes, member.valueStart, member.end)) return undefined
  return bytes.subarray(member.valueStart + 1, member.end - 1)
}

function readValue(member: JsonMember | undefined, bytes: Uint8Array): unknown {
  if (member === undefined) return undefined
  if (bytes[member.valueStart] === 0x22) return textOfString(bytes, member.valueStart, member.end)
  return JSON.parse(textOfSlice(bytes, member.valueStart, member.end))
}

function isKnown(name: string): name is Member {
  return (MEMBERS as readonly string[]).includes(name)
}

function unknownMember(name: string, place: LinePlace): Error {
  const [near] = nearNames(name, MEMBERS, 1)
  const hint =
    name === 'requests'
      ? "This looks like the body of a create call; jq -c '.requests[]' makes lines of it."
      : near === undefined
        ? undefined
        : `Did you mean ${near}?`
  return refusal({
    place,
    field: shownText(name),
    rule: 'unknown_member',
    problem: `expected only ${MEMBERS.slice(0, -1).join(', ')} and ${MEMBERS.at(-1)}, got this member.`,
    hint,
  })
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function refuseUtf16(bytes: Uint8Array, place: LinePlace): void {
  const [first, second] = bytes
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  // Without a mark: a brace that is two bytes long.
  const isWide = (first === BRACE && second === 0) || (first === 0 && second === BRACE)
  if (!hasMark && !isWide) return
  throw refusal({
    place,
    field: null,
    rule: 'not_utf8',
    problem: 'expected UTF-8, got what looks like UTF-16.',
    hint: 'Write the input as UTF-8.',
  })
}

function isBlank(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false
  }
  return true
}
