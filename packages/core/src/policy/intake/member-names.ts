import { bytesOfText, textOfString } from './json-text.js'

/** Names that are compared one by one; an object with more of them gets a set. */
const FEW = 16
const KEPT_TEXTS = 64
const KEPT_LENGTH = 32
/** FNV-1a. */
const FIRST_HASH = 0x811c9dc5 | 0
const HASH_FACTOR = 0x01000193

const BACKSLASH = 0x5c

/** Hashes a name as it reads, so that `"a"` and `"\u0061"` hash the same. `start` and `end` include the quotes. */
export function hashOfName(bytes: Uint8Array, start: number, end: number): number {
  let hash = FIRST_HASH
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] as number
    if (byte === BACKSLASH) return hashOfText(textOfString(bytes, start, end))
    hash = Math.imul(hash ^ byte, HASH_FACTOR)
  }
  return hash
}

function hashOfText(text: string): number {
  let hash = FIRST_HASH
  for (const byte of bytesOfText(text)) hash = Math.imul(hash ^ byte, HASH_FACTOR)
  return hash
}

/** The names of the objects that are open at the moment: says whether one comes twice in its object. */
export class MemberNames {
  #bytes: Uint8Array = new Uint8Array(0)
  #top = 0
  #hashes = new Int32Array(256)
  #starts = new Int32Array(256)
  #ends = new Int32Array(256)
  /** Names of the open objects that have many, by their base. */
  readonly #many = new Map<number, Set<string>>()

  /** Forgets everything and turns to another input. */
  reset(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#top = 0
    if (this.#many.size > 0) this.#many.clear()
  }

  /** Opens an object; what it answers is the object's base. */
  open(): number {
    return this.#top
  }

  /** Forgets the names of the object with this base, which is the innermost open one. */
  close(base: number): void {
    if (this.#top - base === FEW) this.#many.delete(base)
    this.#top = base
  }

  /** Adds a name to the innermost open object; false when the object has it already. */
  add(base: number, hash: number, start: number, end: number): boolean {
    if (this.#top - base === FEW) return this.#addToMany(base, start, end)
    for (let index = base; index < this.#top; index += 1) {
      if (this.#hashes[index] === hash && this.#textAt(index) === this.#text(start, end)) {
        return false
      }
    }
    this.#push(hash, start, end)
    return true
  }

  #addToMany(base: number, start: number, end: number): boolean {
    let names = this.#many.get(base)
    if (names === undefined) {
      names = new Set()
      for (let index = base; index < this.#top; index += 1) names.add(this.#textAt(index))
      this.#many.set(base, names)
    }
    const before = names.size
    return names.add(this.#text(start, end)).size > before
  }

  #push(hash: number, start: number, end: number): void {
    if (this.#top === this.#hashes.length) this.#grow()
    this.#hashes[this.#top] = hash
    this.#starts[this.#top] = start
    this.#ends[this.#top] = end
    this.#top += 1
  }

  #grow(): void {
    const [hashes, starts, ends] = [this.#hashes, this.#starts, this.#ends].map((old) => {
      const grown = new Int32Array(old.length * 2)
      grown.set(old)
      return grown
    }) as [Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>, Int32Array<ArrayBuffer>]
    this.#hashes = hashes
    this.#starts = starts
    this.#ends = ends
  }

  #textAt(index: number): string {
    return this.#text(this.#starts[index] as number, this.#ends[index] as number)
  }

  #text(start: number, end: number): string {
    return textOfString(this.#bytes, start, end)
  }
}

/** Reads names; those that come again and again are read once. */
export class NameTexts {
  readonly #texts: string[] = new Array<string>(KEPT_TEXTS).fill('')

  /** The name between the quotes at `start` and before `end`, with its hash as {@link hashOfName} makes it. */
  read(bytes: Uint8Array, hash: number, start: number, end: number): string {
    const slot = hash & (KEPT_TEXTS - 1)
    const kept = this.#texts[slot] as string
    if (isAsciiText(kept, bytes, start + 1, end - 1)) return kept
    const text = textOfString(bytes, start, end)
    // A text with a backslash could be taken for a name that is written with an escape.
    if (text.length <= KEPT_LENGTH && !text.includes('\\')) this.#texts[slot] = text
    return text
  }
}

function isAsciiText(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start || text.length === 0) return false
  for (let index = 0; index < text.length; index += 1) {
    const byte = bytes[start + index] as number
    if (byte >= 0x80 || byte !== text.charCodeAt(index)) return false
  }
  return true
}
