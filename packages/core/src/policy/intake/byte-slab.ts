const SLAB_BYTES = 262_144

/**
 * Gives out pieces of memory, many from one block.
 *
 * A block of its own for every small body is what makes a load slow: each is made, zeroed and collected one by one.
 */
export class ByteSlab {
  #block = new Uint8Array(0)
  #used = 0

  /** A piece of `size` bytes that nobody else has. */
  take(size: number): Uint8Array {
    if (size > SLAB_BYTES / 8) return new Uint8Array(size)
    if (this.#used + size > this.#block.length) {
      this.#block = new Uint8Array(SLAB_BYTES)
      this.#used = 0
    }
    const piece = this.#block.subarray(this.#used, this.#used + size)
    this.#used += size
    return piece
  }
}
