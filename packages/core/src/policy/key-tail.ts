import { hexOf } from '../model/hex.js'

/**
 * What stands behind the fixed part of a custom id. `whole`: the caller's key, as it is. `part`: a piece by which the key
 * is found among others. `none`: nothing that tells anything of the key.
 */
export type KeyTail =
  | { readonly type: 'none' }
  | { readonly type: 'whole'; readonly key: string }
  | { readonly type: 'part'; readonly tail: string }

/** Most characters of a tail: what the provider's 64 leave behind the fixed part of a custom id. */
export const MAX_KEY_TAIL_LENGTH = 22

const DIGEST_BYTES = 4
const DIGEST_CHARS = 2 * DIGEST_BYTES
const END_CHARS = MAX_KEY_TAIL_LENGTH - 1 - DIGEST_CHARS
const WHOLE_MARK = '-'
const PART_MARK = '_'
const SAFE_KEY = /^[A-Za-z0-9_-]{1,21}$/
const PART = /^_[0-9a-f]{8}[A-Za-z0-9_-]{0,13}$/
const UNSAFE = /[^A-Za-z0-9_-]/g

/**
 * The tail of a key: at most {@link MAX_KEY_TAIL_LENGTH} characters that a custom id may have.
 *
 * A key of at most 21 of them stands there whole, behind a dash. Of any other there are, behind an underscore, the first
 * 8 hexadecimal digits of its hash, by which it is known again, and its last 13 characters for the eye, each that an id
 * can't have as an underscore.
 *
 * @param keyHash the hash that rows bear: the first half of the SHA-256 of the key's UTF-8.
 *
 * @example
 * // '-claim-8812' of 'claim-8812', '_f1a576a5sions_0001_md' of 'docs/decisions/0001.md'
 * keyTailOf(row.key, row.keyHash)
 */
export function keyTailOf(key: string, keyHash: Uint8Array): string {
  if (SAFE_KEY.test(key)) return WHOLE_MARK + key
  const end = key.slice(-END_CHARS).replaceAll(UNSAFE, '_')
  return PART_MARK + hexOf(keyHash.subarray(0, DIGEST_BYTES)) + end
}

/** Reads what {@link keyTailOf} wrote. Anything else tells nothing: a key is never guessed. */
export function readKeyTail(text: string): KeyTail {
  if (text.startsWith(WHOLE_MARK) && SAFE_KEY.test(text.slice(1))) {
    return { type: 'whole', key: text.slice(1) }
  }
  return PART.test(text) ? { type: 'part', tail: text } : { type: 'none' }
}
