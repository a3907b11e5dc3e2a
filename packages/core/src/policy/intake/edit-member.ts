import { withoutMarks } from './blob-mark.js'
import { sliceMembers } from './slice-members.js'
import { tailMarkBytes } from './tail-mark.js'

const OPEN = 0x7b
const CLOSE = 0x7d

/** Bytes that take the place of those from `start` up to, not including, `end`. */
export interface Edit {
  readonly start: number
  readonly end: number
  readonly bytes: Uint8Array
}

/**
 * The own members of a request's params, joined by commas and without braces, with an edit in the value of one of them;
 * every other byte stays as it came, marks of files and of a tail too. Null when there is no such member, or no edit.
 *
 * `edit` is given the value with text in place of its marks, and answers places in it.
 */
export function editMember(
  stored: Uint8Array,
  name: string,
  edit: (value: Uint8Array) => Edit | null,
): Uint8Array | null {
  const from = tailMarkBytes(stored)
  const members = stored.subarray(from)
  const object = new Uint8Array(members.length + 2)
  object[0] = OPEN
  object.set(members, 1)
  object[members.length + 1] = CLOSE
  const masked = withoutMarks(object)
  const member = sliceMembers(masked).find((each) => each.name === name)
  if (member === undefined) return null
  const { valueStart, end } = member
  const made = edit(masked.subarray(valueStart, end))
  if (made === null) return null
  // Places in the object are one further on than in the members.
  const start = from + valueStart - 1
  return spliced(stored, { ...made, start: start + made.start, end: start + made.end })
}

function spliced(bytes: Uint8Array, { start, end, bytes: between }: Edit): Uint8Array {
  const changed = new Uint8Array(start + between.length + bytes.length - end)
  changed.set(bytes.subarray(0, start))
  changed.set(between, start)
  changed.set(bytes.subarray(end), start + between.length)
  return changed
}
