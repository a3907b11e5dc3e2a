import { nodeDigest } from '@halfrate/runtime'

/**
 * What stands behind the fixed part of a custom id. `whole`: the caller's key, as it is. `part`: a piece by which the key
 * is found among others. `none`: nothing that tells anything of the key.
 */
export type KeyTail =
  | { readonly type: 'none' }
  | { readonly type: 'whole'; readonly key: string }
  | { readonly type: 'part'; readonly tail: string }

const MOST_CHARS = 21
const DIGEST_CHARS = 8
const WHOLE_MARK = '-'
const PART_MARK = '_'
const SAFE_KEY = /^[A-Za-z0-9_-]{1,21}$/
const PART = /^_[0-9a-f]{8}[A-Za-z0-9_-]{0,13}$/
const UNSAFE = /[^A-Za-z0-9_-]/g

const encoder = new TextEncoder()

/**
 * The tail of a key: at most 22 characters that a custom id may have.
 *
 * A key of at most 21 of them stands there whole, behind a dash. Of any other there are, behind an underscore, the first
 * 8 hexadecimal digits of the SHA-256 of its UTF-8, by which it is known again, and its last 13 characters for the eye,
 * each that an id can't have as an underscore.
 *
 * @example
 * keyTailOf('claim-8812')              // '-claim-8812'
 * keyTailOf('docs/decisions/0001.md')  // '_f1a576a5sions_0001_md'
 */
export function keyTailOf(key: string): string {
  if (SAFE_KEY.test(key)) return WHOLE_MARK + key
  const digest = Buffer.from(nodeDigest.hash128(encoder.encode(key))).toString('hex')
  const end = key.slice(-(MOST_CHARS - DIGEST_CHARS)).replaceAll(UNSAFE, '_')
  return PART_MARK + digest.slice(0, DIGEST_CHARS) + end
}

/** Reads what {@link keyTailOf} wrote. Anything else tells nothing: a key is never guessed. */
export function readKeyTail(text: string): KeyTail {
  if (text.startsWith(WHOLE_MARK) && SAFE_KEY.test(text.slice(1))) {
    return { type: 'whole', key: text.slice(1) }
  }
  return PART.test(text) ? { type: 'part', tail: text } : { type: 'none' }
}
