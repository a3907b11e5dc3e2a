const CHUNK_BITS = 8_192

/**
 * A set of whole numbers that lie close together, as ids of one job do: about a bit each, so that a million of them take
 * as much memory as a picture.
 */
export class IdSet {
  readonly #chunks = new Map<number, Uint8Array>()

  has(id: number): boolean {
    const byte = this.#chunks.get(Math.floor(id / CHUNK_BITS))?.[byteOf(id)] ?? 0
    return (byte & maskOf(id)) !== 0
  }

  add(id: number): void {
    const number = Math.floor(id / CHUNK_BITS)
    const chunk = this.#chunks.get(number) ?? new Uint8Array(CHUNK_BITS / 8)
    this.#chunks.set(number, chunk)
    const at = byteOf(id)
    chunk[at] = (chunk[at] ?? 0) | maskOf(id)
  }
}

function byteOf(id: number): number {
  return Math.floor((id % CHUNK_BITS) / 8)
}

function maskOf(id: number): number {
  return 1 << (id % 8)
}
