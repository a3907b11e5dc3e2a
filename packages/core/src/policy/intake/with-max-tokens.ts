import { withoutMarks } from './blob-mark.js'
import { sliceMembers } from './slice-members.js'
import { tailMarkBytes } from './tail-mark.js'

const encoder = new TextEncoder()
const OPEN = 0x7b
const CLOSE = 0x7d

/**
 * The own members of a request's params, joined by commas and without braces, with another `max_tokens`; every other byte
 * stays as it came, marks of files and of a tail too. Null when there is none among them.
 */
export function withMaxTokens(stored: Uint8Array, maxTokens: number): Uint8Array | null {
  const markBytes = tailMarkBytes(stored)
  const changed = changedMembers(stored.subarray(markBytes), maxTokens)
  if (changed === null || markBytes === 0) return changed
  const body = new Uint8Array(markBytes + changed.length)
  body.set(stored.subarray(0, markBytes))
  body.set(changed, markBytes)
  return body
}

function changedMembers(body: Uint8Array, maxTokens: number): Uint8Array | null {
  const object = new Uint8Array(body.length + 2)
  object[0] = OPEN
  object.set(body, 1)
  object[body.length + 1] = CLOSE
  const member = sliceMembers(withoutMarks(object)).find(({ name }) => name === 'max_tokens')
  if (member === undefined) return null
  const value = encoder.encode(String(maxTokens))
  const head = object.subarray(1, member.valueStart)
  const tail = object.subarray(member.end, body.length + 1)
  const changed = new Uint8Array(head.length + value.length + tail.length)
  changed.set(head)
  changed.set(value, head.length)
  changed.set(tail, head.length + value.length)
  return changed
}
