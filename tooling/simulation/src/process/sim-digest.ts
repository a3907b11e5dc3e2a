import { createHash, hash } from 'node:crypto'
import type { Digest } from '@halfrate/core'

const BLOCK_BYTES = 64

/** The hashes of production, made in one go each: a hash object costs more than hashing so little. */
export const simDigest: Digest = {
  hash128: (...parts) => new Uint8Array(sha256(Buffer.concat(parts)).subarray(0, 16)),
  hmacSha256: (key, message) => {
    const { inner, outer } = padsOf(key)
    return new Uint8Array(sha256(Buffer.concat([outer, sha256(Buffer.concat([inner, message]))])))
  },
  sha256: () => {
    const running = createHash('sha256')
    return {
      add: (bytes) => void running.update(bytes),
      end: () => new Uint8Array(running.digest()),
    }
  },
}

interface Pads {
  readonly inner: Uint8Array
  readonly outer: Uint8Array
}

// Keys are few, and the same array for as long as a worker lives.
const known = new WeakMap<Uint8Array, Pads>()

function padsOf(key: Uint8Array): Pads {
  const before = known.get(key)
  if (before !== undefined) return before
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(key.length > BLOCK_BYTES ? sha256(key) : key)
  // RFC 2104: the key is mixed with a byte of its own for either hash.
  const pads = { inner: block.map((byte) => byte ^ 0x36), outer: block.map((byte) => byte ^ 0x5c) }
  known.set(key, pads)
  return pads
}

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer')
}
