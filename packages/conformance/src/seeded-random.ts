import type { Random } from '@halfrate/core'
import { onTestFailed } from 'vitest'

/** Chance that can be had again: the same seed gives the same numbers on every machine. */
export class SeededRandom implements Random {
  readonly seed: number
  #state: number

  /** `seed` is a whole number from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.seed = seed >>> 0
    this.#state = this.seed
  }

  /** Makes one inside of a test; when the test fails, the seed is printed. */
  static inTest(seed: number): SeededRandom {
    const random = new SeededRandom(seed)
    onTestFailed(() => {
      process.stderr.write(`SeededRandom: seed ${random.seed}\n`)
    })
    return random
  }

  next(): number {
    return this.#next32() / 2 ** 32
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#next32() & 0xff)
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  // A Weyl sequence, stirred by two rounds of xor, shift and multiply until every bit depends on every other.
  #next32(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return (mixed ^ (mixed >>> 16)) >>> 0
  }
}
