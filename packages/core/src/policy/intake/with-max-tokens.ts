import { editMember } from './edit-member.js'

const encoder = new TextEncoder()

/**
 * The own members of a request's params, joined by commas and without braces, with another `max_tokens`; every other byte
 * stays as it came, marks of files and of a tail too. Null when there is none among them.
 */
export function withMaxTokens(stored: Uint8Array, maxTokens: number): Uint8Array | null {
  const bytes = encoder.encode(String(maxTokens))
  return editMember(stored, 'max_tokens', (value) => ({ start: 0, end: value.length, bytes }))
}
