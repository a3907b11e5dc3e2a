/** Bytes that are gathered piece by piece. What is appended is copied. */
export class ByteSink {
  #bytes: Uint8Array = new Uint8Array(256)
  #length = 0

  /** Bytes so far. */
  get length(): number {
    return this.#length
  }

  /** Adds a piece at the end. */
  append(piece: Uint8Array): void {
    const needed = this.#length + piece.length
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
      larger.set(this.#bytes.subarray(0, this.#length))
      this.#bytes = larger
    }
    this.#bytes.set(piece, this.#length)
    this.#length = needed
  }

  /** What has been gathered, as a view that holds until the next change. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Starts again, keeping the room. */
  clear(): void {
    this.#length = 0
  }
}
