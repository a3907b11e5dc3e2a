import { joinBytes } from '../results/join-bytes.js'
import { type Edit, editMember } from './edit-member.js'
import { sliceMembers } from './slice-members.js'

const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d

/**
 * The own members of a request's params, joined by commas and without braces, with one more turn of the assistant behind
 * their `messages`; every other byte stays as it came. Null when they have no list of messages, or when the content is
 * nothing that can be sent: not a list of something.
 */
export function withAssistantTurn(stored: Uint8Array, content: Uint8Array): Uint8Array | null {
  if (!isSendable(content)) return null
  const turn = joinBytes(['{"role":"assistant","content":', content, '}'])
  return editMember(stored, 'messages', (list) => behindList(list, turn))
}

/** Puts one more element behind a list; null for what is none. */
export function behindList(list: Uint8Array, turn: Uint8Array): Edit | null {
  const end = list.length - 1
  if (list[0] !== OPEN_LIST || list[end] !== CLOSE_LIST) return null
  const bytes = isEmptyList(list) ? turn : joinBytes([',', turn])
  return { start: end, end, bytes }
}

// What a request is made of is strict JSON, and an answer is whatever came.
function isSendable(content: Uint8Array): boolean {
  if (content[0] !== OPEN_LIST || isEmptyList(content)) return false
  try {
    sliceMembers(joinBytes(['{"content":', content, '}']))
    return true
  } catch {
    return false
  }
}

function isEmptyList(list: Uint8Array): boolean {
  return list.subarray(1, -1).every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))
}
