/** A digest over all that happened, in the order in which it did: equal for two runs that went the same way. */
export class TraceDigest {
  #high = 0x811c9dc5
  #low = 0x01000193

  /** Adds one thing that happened. */
  add(at: number, what: string): void {
    this.#mix(at % 4_294_967_296)
    for (let index = 0; index < what.length; index += 1) this.#mix(what.charCodeAt(index))
  }

  /** 16 hexadecimal digits. */
  get text(): string {
    const hex = (value: number): string => (value >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#low = Math.imul(this.#low ^ (value + 0x9e3779b9), 0x85ebca6b)
  }
}
