import type { Digest } from '@halfrate/core'
import { canonicalParams } from './canonical-params.js'

const PREFIX = 'content-'

/**
 * The key of a call by what it asks and its salt: the same in every process, and for every version that writes `1`.
 *
 * Nothing of the content can be told from it.
 */
export function contentKey(
  params: object,
  salt: string | null,
  hash128: Digest['hash128'],
): string {
  const text = JSON.stringify([1, salt, canonicalParams(params)])
  return `${PREFIX}${Buffer.from(hash128(new TextEncoder().encode(text))).toString('hex')}`
}
