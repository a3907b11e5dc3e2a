import { type LinePlace, NO_PLACE } from './intake-error.js'
import { jsonRefusal } from './json-fault.js'
import type { JsonMember } from './json-member.js'
import { MemberSlicer } from './member-slicer.js'

const slicer = new MemberSlicer()

/** What to slice and how to speak of it. */
export interface SliceOptions {
  /** Name of a member whose own members are sliced in the same pass, when it is an object. */
  readonly open?: string
  /** Where the bytes come from, for errors. */
  readonly place?: LinePlace
}

/**
 * Finds the members of the JSON object in `bytes` from `start` to `end`, in their order, without changing a byte.
 *
 * The whole of it is checked: strict JSON (RFC 8259), UTF-8, no name twice in one object at any depth, at most
 * {@link MAX_DEPTH} levels.
 *
 * @throws {InvalidInputError} when it is not that; rule `invalid_json`, `duplicate_member`, `too_deep` or `not_utf8`.
 */
export function sliceMembers(
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
  options: SliceOptions = {},
): readonly JsonMember[] {
  return sliceLine(bytes, start, end, options).members
}

/** Members, and whether one of any depth may be called `path`; surely none when false. */
export interface SlicedLine {
  readonly members: readonly JsonMember[]
  readonly mayHavePaths: boolean
}

/** {@link sliceMembers}, and in the same pass whether there is a path to look for. */
export function sliceLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  options: SliceOptions,
): SlicedLine {
  const slicing = slicer.slice(bytes, start, end, options.open ?? null)
  if (slicing.type === 'sliced') return slicing
  const place = options.place ?? NO_PLACE
  throw jsonRefusal(slicing.fault, { bytes, start, end, place })
}
