import { createHash, createHmac } from 'node:crypto'
import type { Digest } from '@halfrate/core'

/** The Digest port by the platform's own hashes. */
export const testDigest: Digest = {
  hash128(...parts) {
    const hash = createHash('sha256')
    for (const part of parts) hash.update(part)
    return new Uint8Array(hash.digest().subarray(0, 16))
  },
  hmacSha256(key, message) {
    return new Uint8Array(createHmac('sha256', key).update(message).digest())
  },
  sha256() {
    const hash = createHash('sha256')
    return { add: (bytes) => void hash.update(bytes), end: () => new Uint8Array(hash.digest()) }
  },
}
