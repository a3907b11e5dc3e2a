import type { JsonMember } from './json-member.js'
import { copySlice } from './shared-members.js'

/** Hashes to 16 bytes; the Digest port's method fits. */
export type Hash128 = (...parts: readonly Uint8Array[]) => Uint8Array

const FRAME_BYTES = 8
const FIRST_SCRATCH_BYTES = 65_536

/**
 * Hashes params so that the order of the members and the space around them make no difference, and everything else does.
 *
 * Members go in sorted by name, name and value each behind its length, so that no two sets of members give the same bytes.
 */
export class ParamsHasher {
  readonly #hash: Hash128
  // One call of the hash over one piece: calls cost more than the bytes of a usual request.
  #scratch = new Uint8Array(FIRST_SCRATCH_BYTES)
  #frames = new DataView(this.#scratch.buffer)

  constructor(hash: Hash128) {
    this.#hash = hash
  }

  /** 16 bytes over the members, which are slices of `bytes`. */
  hash(bytes: Uint8Array, members: readonly JsonMember[]): Uint8Array {
    let size = 0
    for (const { start, end } of members) size += end - start + FRAME_BYTES
    if (size > this.#scratch.length) return this.#hashWith(new Uint8Array(size), bytes, members)
    return this.#hashWith(this.#scratch, bytes, members)
  }

  #hashWith(scratch: Uint8Array, bytes: Uint8Array, members: readonly JsonMember[]): Uint8Array {
    const frames = scratch === this.#scratch ? this.#frames : new DataView(scratch.buffer)
    const sorted = [...members].sort((a, b) => (a.name < b.name ? -1 : 1))
    let at = 0
    for (const { start, nameEnd, valueStart, end } of sorted) {
      frames.setUint32(at, nameEnd - start)
      frames.setUint32(at + 4, end - valueStart)
      at = copySlice({ bytes, start, end: nameEnd }, scratch, at + FRAME_BYTES)
      at = copySlice({ bytes, start: valueStart, end }, scratch, at)
    }
    return this.#hash(scratch.subarray(0, at))
  }
}
