import { createHash, createHmac } from 'node:crypto'
import type { Digest } from '@halfrate/core'

/** The hashes of production. */
export const simDigest: Digest = {
  hash128(...parts) {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest().subarray(0, 16))
  },
  hmacSha256: (key, message) => new Uint8Array(createHmac('sha256', key).update(message).digest()),
}
