import type { JsonMember } from './json-member.js'
import type { Hash128 } from './params-hash.js'
import { joinMembers } from './shared-members.js'

/** The shared members of many params; what the store's port calls PrefixBytes. */
export interface Prefix {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

const MOST_PREFIXES = 256
const MOST_BYTES = 8_388_608
/** After so many new prefixes in a row they are taken for what they are: not shared. */
const MOST_STRANGERS = 64

/**
 * Hands out one object and one hash for equal prefixes.
 *
 * When row after row brings another prefix (each document in its own `system`), keeping them apart would only double the
 * number of things to store; then a prefix is handed out from the second time on that it comes.
 */
export class PrefixCache {
  readonly #hash: Hash128
  /** By hash; null for one that came once, among strangers. */
  readonly #known = new Map<string, Prefix | null>()
  #knownBytes = 0
  #latest: Prefix | null = null
  #strangers = 0
  #scratch = new Uint8Array(0)

  constructor(hash: Hash128) {
    this.#hash = hash
  }

  /** The prefix that these members of `bytes` make, `size` bytes joined; null when they are better left in the body. */
  find(bytes: Uint8Array, members: readonly JsonMember[], size: number): Prefix | null {
    if (this.#latest !== null && isJoined(this.#latest.bytes, bytes, members, size)) {
      this.#strangers = 0
      return this.#latest
    }
    if (this.#scratch.length < size) this.#scratch = new Uint8Array(size)
    const joined = this.#scratch.subarray(0, size)
    joinMembers(bytes, members, joined)
    const hash = this.#hash(joined)
    const name = String.fromCharCode(...hash)
    const known = this.#known.get(name)
    this.#strangers = known === undefined ? this.#strangers + 1 : 0
    const isShared = this.#strangers <= MOST_STRANGERS
    this.#latest = known ?? (isShared ? { hash, bytes: joined.slice() } : null)
    if (known !== this.#latest || known === undefined) this.#learn(name, this.#latest)
    return this.#latest
  }

  #learn(name: string, prefix: Prefix | null): void {
    this.#known.set(name, prefix)
    this.#knownBytes += prefix?.bytes.length ?? 0
    for (const [oldest, old] of this.#known) {
      if (this.#known.size <= MOST_PREFIXES && this.#knownBytes <= MOST_BYTES) break
      this.#known.delete(oldest)
      this.#knownBytes -= old?.bytes.length ?? 0
    }
  }
}

function isJoined(
  joined: Uint8Array,
  bytes: Uint8Array,
  members: readonly JsonMember[],
  size: number,
): boolean {
  if (joined.length !== size) return false
  let at = 0
  for (const { start, end } of members) {
    if (at > 0 && joined[at++] !== 0x2c) return false
    for (let from = start; from < end; from += 1, at += 1) {
      if (joined[at] !== bytes[from]) return false
    }
  }
  return true
}
