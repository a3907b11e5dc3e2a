import { createHash, hash } from 'node:crypto'
import type { Digest } from '@halfrate/core'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** Hashes by Node's own library. */
export const nodeDigest: Digest = {
  hash128(...parts) {
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return firstHalf(hash('sha256', only, 'binary'))
    const all = createHash('sha256')
    for (const part of parts) all.update(part)
    return firstHalf(all.digest('binary'))
  },
  // A batch needs one of these per request. Node's createHmac makes a key object each time and takes seven times as
  // long as the two hashes that HMAC is made of (RFC 2104).
  hmacSha256(key, message) {
    const { innerPad, outer } = blocksOf(key)
    const inner = new Uint8Array(BLOCK_BYTES + message.length)
    inner.set(innerPad)
    inner.set(message, BLOCK_BYTES)
    outer.set(sha256(inner), BLOCK_BYTES)
    return sha256(outer)
  },
}

interface HmacBlocks {
  readonly innerPad: Uint8Array
  /** The outer pad, with room for the inner digest. */
  readonly outer: Uint8Array
}

// A key's object is kept as long as its store is open, and its bytes are never changed.
const blocks = new WeakMap<Uint8Array, HmacBlocks>()

function blocksOf(key: Uint8Array): HmacBlocks {
  const known = blocks.get(key)
  if (known !== undefined) return known
  const block = key.length > BLOCK_BYTES ? sha256(key) : key
  const innerPad = new Uint8Array(BLOCK_BYTES).fill(0x36)
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES).fill(0x5c, 0, BLOCK_BYTES)
  for (const [at, byte] of block.entries()) {
    innerPad[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  const made = { innerPad, outer }
  blocks.set(key, made)
  return made
}

const HASH_BYTES = 16
const HASHES_OF_A_BLOCK = 256

let block = new Uint8Array(0)
let used = 0

// Node makes a buffer of its own for each digest, which takes longer than the hashing of a short key, and its garbage
// is memory that the collector doesn't see. A text of one byte per character costs neither.
function firstHalf(digest: string): Uint8Array {
  if (used === block.length) {
    block = new Uint8Array(HASHES_OF_A_BLOCK * HASH_BYTES)
    used = 0
  }
  const start = used
  used += HASH_BYTES
  for (let at = 0; at < HASH_BYTES; at += 1) block[start + at] = digest.charCodeAt(at)
  return block.subarray(start, used)
}

function sha256(bytes: Uint8Array): Uint8Array {
  const digest = hash('sha256', bytes, 'buffer')
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.byteLength)
}
