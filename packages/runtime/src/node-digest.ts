import { createHash, hash } from 'node:crypto'
import type { Digest } from '@halfrate/core'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** Hashes by Node's own library. */
export const nodeDigest: Digest = {
  hash128(...parts) {
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return sha256(only).subarray(0, 16)
    const all = createHash('sha256')
    for (const part of parts) all.update(part)
    return new Uint8Array(all.digest().subarray(0, 16))
  },
  // A batch needs one of these per request. Node's createHmac makes a key object each time and takes seven times as
  // long as the two hashes that HMAC is made of (RFC 2104).
  hmacSha256(key, message) {
    const inner = new Uint8Array(BLOCK_BYTES + message.length)
    const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES)
    const block = key.length > BLOCK_BYTES ? sha256(key) : key
    for (let at = 0; at < BLOCK_BYTES; at += 1) {
      inner[at] = (block[at] ?? 0) ^ 0x36
      outer[at] = (block[at] ?? 0) ^ 0x5c
    }
    inner.set(message, BLOCK_BYTES)
    outer.set(sha256(inner), BLOCK_BYTES)
    return sha256(outer)
  },
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer'))
}
