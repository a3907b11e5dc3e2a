/**
 * A repeatable stream of random numbers: the same seed gives the same stream on every machine.
 *
 * Not for secrets. The state is four 32-bit words, mixed once from the seed so that neighbouring
 * seeds give unrelated streams.
 */
export class SeededRandom {
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(seed: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) | 0
    this.#c = 0x6d2b79f5
    this.#d = 1
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** The next whole number, 0 to 4,294,967,295. */
  uint32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0
    this.#d = (this.#d + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** The next fraction, 0 inclusive to 1 exclusive. */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000
  }

  /** The next whole number between `low` and `high`, both included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1))
  }
}
