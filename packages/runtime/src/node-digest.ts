import { createHash, hash } from 'node:crypto'
import type { Digest } from '@halfrate/core'

const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** Hashes by Node's own library. */
export const nodeDigest: Digest = {
  hash128(...parts) {
    const [only] = parts
    if (parts.length === 1 && only !== undefined) return firstHalf(sha256(only))
    const all = createHash('sha256')
    for (const part of parts) all.update(part)
    return firstHalf(all.digest('binary'))
  },
  // A batch needs one of these per request. Node's createHmac makes a key object each time and takes several times as
  // long as the two hashes that HMAC is made of (RFC 2104).
  hmacSha256(key, message) {
    const blocks = blocksOf(key)
    const inner = innerFor(blocks, message.length)
    inner.set(message, BLOCK_BYTES)
    blocks.outer.write(sha256(inner), BLOCK_BYTES, 'binary')
    return bytesOf(sha256(blocks.outer), DIGEST_BYTES)
  },
  sha256() {
    const running = createHash('sha256')
    return {
      add: (bytes) => void running.update(bytes),
      end: () => new Uint8Array(running.digest()),
    }
  },
}

interface HmacBlocks {
  readonly innerPad: Uint8Array
  /** The inner pad, with room for a message as long as the last one was. */
  inner: Uint8Array
  /** The outer pad, with room for the inner digest. */
  readonly outer: Buffer
}

// A key's object is kept as long as its store is open, and its bytes are never changed.
const known = new WeakMap<Uint8Array, HmacBlocks>()

function blocksOf(key: Uint8Array): HmacBlocks {
  const there = known.get(key)
  if (there !== undefined) return there
  const block = key.length > BLOCK_BYTES ? bytesOf(sha256(key), DIGEST_BYTES) : key
  const innerPad = new Uint8Array(BLOCK_BYTES).fill(0x36)
  const outer = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES).fill(0x5c, 0, BLOCK_BYTES)
  for (const [at, byte] of block.entries()) {
    innerPad[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  const made = { innerPad, inner: innerPad, outer }
  known.set(key, made)
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

// The messages of a batch are all equally long, so its room is made once.
function innerFor(blocks: HmacBlocks, messageBytes: number): Uint8Array {
  if (blocks.inner.length !== BLOCK_BYTES + messageBytes) {
    blocks.inner = new Uint8Array(BLOCK_BYTES + messageBytes)
    blocks.inner.set(blocks.innerPad)
  }
  return blocks.inner
}

// A text of one character per byte; see above.
function sha256(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary')
}

function bytesOf(digest: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 1) bytes[at] = digest.charCodeAt(at)
  return bytes
}
