import type { JsonMember } from './json-member.js'
import { bytesOfText } from './json-text.js'
import { ByteSource, endOfNumber, endOfString } from './json-token.js'
import { hashOfName, MemberNames, NameTexts } from './member-names.js'

/** How deep objects and arrays may stand in each other. */
export const MAX_DEPTH = 256

/** Why bytes are not what they should be, and where. */
export interface JsonFault {
  readonly type: 'invalid_json' | 'duplicate_member' | 'too_deep' | 'bad_string' | 'bad_number'
  /** Index of the first byte that is wrong. */
  readonly at: number
  /** What should stand there. */
  readonly expected: string
  /** The way to it: indexes of the names (their quotes) and `-1 - position` for places in arrays. */
  readonly path: readonly number[]
}

/** What slicing gives. */
export type Slicing =
  | {
      readonly type: 'sliced'
      readonly members: readonly JsonMember[]
      /** Whether a member of any depth may be called `path`; surely not when false. */
      readonly mayHavePaths: boolean
    }
  | { readonly type: 'fault'; readonly fault: JsonFault }

const NO_NAME = Number.MIN_SAFE_INTEGER
const PATH_NAME = bytesOfText('"path"')
const PATH_HASH = hashOfName(PATH_NAME, 0, PATH_NAME.length)
const LITERALS: ReadonlyMap<number, string> = new Map(
  ['true', 'false', 'null'].map((word) => [word.charCodeAt(0), word]),
)

/**
 * Checks one JSON object to the letter (RFC 8259) in one pass and notes where its members stand.
 *
 * Names must differ in every object at every depth, as they read; nesting ends at {@link MAX_DEPTH}. Nothing is
 * built but the members asked for, since a request can be megabytes of text that nobody reads before the provider.
 * One slicer can be used again and again, not within itself.
 */
export class MemberSlicer {
  readonly #names = new MemberNames()
  readonly #texts = new NameTexts()
  readonly #source = new ByteSource()
  readonly #path: number[] = new Array<number>(MAX_DEPTH + 2).fill(NO_NAME)
  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #at = 0
  #depth = 0
  #mayHavePaths = false
  #fault: JsonFault | null = null

  /** Slices the object in `bytes` from `start` to `end`, and in the same pass the object in its member `open`. */
  slice(bytes: Uint8Array, start: number, end: number, open: string | null): Slicing {
    this.#bytes = bytes
    this.#source.turnTo(bytes)
    this.#at = start
    this.#end = end
    this.#depth = 0
    this.#mayHavePaths = false
    this.#fault = null
    this.#names.reset(bytes)
    const members: JsonMember[] = []
    this.#space()
    if (this.#isAt(0x7b)) this.#object(members, open)
    else this.#fail('invalid_json', 'a JSON object')
    this.#space()
    if (this.#fault === null && this.#at < end) this.#fail('invalid_json', 'the end of the line')
    return this.#fault === null
      ? { type: 'sliced', members, mayHavePaths: this.#mayHavePaths }
      : { type: 'fault', fault: this.#fault }
  }

  #object(into: JsonMember[] | null, open: string | null): boolean {
    if (!this.#enter()) return false
    const base = this.#names.open()
    let isFirst = true
    while (!this.#isAt(0x7d) || !isFirst) {
      if (!this.#member(base, into, open)) return false
      isFirst = false
      if (this.#isAt(0x7d)) break
      if (!this.#take(0x2c, 'a comma or }')) return false
    }
    this.#names.close(base)
    return this.#leave()
  }

  /** From a name to what follows the value. */
  #member(base: number, into: JsonMember[] | null, open: string | null): boolean {
    const start = this.#at
    this.#path[this.#depth] = NO_NAME
    if (!this.#isAt(0x22)) return this.#fail('invalid_json', 'a member name in quotes')
    if (!this.#string()) return false
    const nameEnd = this.#at
    this.#path[this.#depth] = start
    const hash = hashOfName(this.#bytes, start, nameEnd)
    if (hash === PATH_HASH) this.#mayHavePaths = true
    if (!this.#names.add(base, hash, start, nameEnd)) {
      return this.#fail('duplicate_member', '', start)
    }
    this.#space()
    if (!this.#take(0x3a, 'a colon')) return false
    const valueStart = this.#at
    if (into === null) return this.#value(null) && this.#space()
    const name = this.#texts.read(this.#bytes, hash, start, nameEnd)
    const members = name === open && this.#isAt(0x7b) ? [] : null
    if (!this.#value(members)) return false
    into.push({ name, start, nameEnd, valueStart, end: this.#at, members })
    return this.#space()
  }

  #value(members: JsonMember[] | null): boolean {
    const byte = this.#at < this.#end ? (this.#bytes[this.#at] as number) : 0
    if (byte === 0x22) return this.#string()
    if (byte === 0x7b) return this.#object(members, null)
    if (byte === 0x5b) return this.#array()
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return this.#number()
    const word = LITERALS.get(byte)
    return word === undefined ? this.#fail('invalid_json', 'a value') : this.#literal(word)
  }

  #array(): boolean {
    if (!this.#enter()) return false
    let position = 0
    while (!this.#isAt(0x5d) || position > 0) {
      this.#path[this.#depth] = -1 - position
      if (!this.#value(null)) return false
      position += 1
      this.#space()
      if (this.#isAt(0x5d)) break
      if (!this.#take(0x2c, 'a comma or ]')) return false
    }
    return this.#leave()
  }

  #string(): boolean {
    const next = endOfString(this.#source, this.#at, this.#end)
    if (next < 0) return this.#fail('bad_string', '', -1 - next)
    this.#at = next
    return true
  }

  #number(): boolean {
    const next = endOfNumber(this.#bytes, this.#at, this.#end)
    if (next < 0) return this.#fail('bad_number', 'a digit', -1 - next)
    this.#at = next
    return true
  }

  #literal(word: string): boolean {
    for (let index = 0; index < word.length; index += 1) {
      const at = this.#at + index
      if (at >= this.#end || this.#bytes[at] !== word.charCodeAt(index)) {
        return this.#fail('invalid_json', 'a value')
      }
    }
    this.#at += word.length
    return true
  }

  #enter(): boolean {
    if (this.#depth === MAX_DEPTH) return this.#fail('too_deep', '')
    this.#depth += 1
    this.#path[this.#depth] = NO_NAME
    this.#at += 1
    return this.#space()
  }

  #leave(): boolean {
    this.#depth -= 1
    this.#at += 1
    return true
  }

  #take(byte: number, expected: string): boolean {
    if (!this.#isAt(byte)) return this.#fail('invalid_json', expected)
    this.#at += 1
    return this.#space()
  }

  #isAt(byte: number): boolean {
    return this.#at < this.#end && this.#bytes[this.#at] === byte
  }

  #space(): true {
    while (this.#at < this.#end) {
      const byte = this.#bytes[this.#at] as number
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) break
      this.#at += 1
    }
    return true
  }

  #fail(type: JsonFault['type'], expected: string, at: number = this.#at): false {
    const path = this.#path.slice(1, this.#depth + 1).filter((step) => step !== NO_NAME)
    this.#fault ??= { type, at, expected, path }
    return false
  }
}
