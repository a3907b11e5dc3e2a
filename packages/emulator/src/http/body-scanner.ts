import { ByteSink } from './byte-sink.js'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** What the body turned out to be, once it has all come. */
export type BodyShape =
  | { readonly type: 'list' }
  | { readonly type: 'missing' }
  | { readonly type: 'not_a_list' }
  | { readonly type: 'malformed'; readonly detail: string }

/** Where the scanner is: outside `requests`, between two of its elements, or inside one. */
type Place = 'outside' | 'between' | 'inside'

/**
 * Reads the body of a create call as it comes, in pieces of any size, and hands over the elements
 * of `requests` one by one. Only one element is held at a time.
 *
 * It accepts just what `JSON.parse` accepts of the whole text, and gives the same elements: each
 * element is parsed alone, and what is left of the body, with a 0 in place of each element, is
 * parsed at the end. The one exception: two members `requests` are refused.
 */
export class BodyScanner {
  readonly #onItem: (item: unknown) => void
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  #place: Place = 'outside'
  #depth = 0
  #inString = false
  #isEscaped = false
  /** Bytes of the element at hand that came in earlier pieces. */
  readonly #held = new ByteSink()
  /** The body without its elements. */
  readonly #frame = new ByteSink()
  /** The text at the top level that a colon may turn into a member's name. */
  readonly #name = new ByteSink()
  #isName = false
  #isRequests = false
  #sawRequests = false
  #wrong: string | null = null

  constructor(onItem: (item: unknown) => void) {
    this.#onItem = onItem
  }

  /** Takes the next piece of the body. */
  push(piece: Uint8Array): void {
    let from = 0
    for (let at = 0; at < piece.length && this.#wrong === null; at++) {
      const byte = piece[at] as number
      if (this.#inString) {
        this.#stepInString(byte)
        if (this.#isName) this.#name.append(piece.subarray(at, at + 1))
        continue
      }
      if (this.#place === 'between' && !isGap(byte)) {
        this.#frame.append(piece.subarray(from, at))
        this.#place = 'inside'
        from = at
      } else if (this.#place === 'inside' && this.#depth === 2 && endsItem(byte)) {
        this.#endItem(piece.subarray(from, at))
        from = at
      }
      this.#step(byte)
    }
    const rest = piece.subarray(from)
    if (this.#place === 'inside') this.#held.append(rest)
    else this.#frame.append(rest)
  }

  /** Says what the body was. Call it once, after the last piece. */
  finish(): BodyShape {
    if (this.#wrong !== null) return { type: 'malformed', detail: this.#wrong }
    const frame = this.#parse(this.#frame.view())
    if (this.#wrong !== null) return { type: 'malformed', detail: this.#wrong }
    if (typeof frame !== 'object' || frame === null || !Object.hasOwn(frame, 'requests')) {
      return { type: 'missing' }
    }
    return {
      type: Array.isArray((frame as { requests: unknown }).requests) ? 'list' : 'not_a_list',
    }
  }

  #stepInString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false
    else if (byte === BACKSLASH) this.#isEscaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #step(byte: number): void {
    switch (byte) {
      case QUOTE:
        this.#inString = true
        this.#isName = this.#depth === 1
        if (this.#isName) this.#startName()
        return
      case COLON:
        if (this.#depth === 1) this.#endName()
        return
      case OPEN_LIST:
        if (this.#depth === 1 && this.#isRequests) this.#enterRequests()
        this.#depth++
        return
      case OPEN_OBJECT:
        this.#depth++
        return
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        this.#depth--
        if (this.#depth === 1) this.#place = 'outside'
    }
  }

  #startName(): void {
    this.#name.clear()
    this.#name.append(OPENING)
  }

  // A text at the top level is a name if a colon follows, and a value otherwise.
  #endName(): void {
    this.#isRequests = this.#parse(this.#name.view()) === 'requests'
    this.#name.clear()
  }

  #enterRequests(): void {
    if (this.#sawRequests) this.#wrong = 'the member "requests" comes twice'
    this.#sawRequests = true
    this.#place = 'between'
  }

  #endItem(rest: Uint8Array): void {
    let bytes = rest
    if (this.#held.length > 0) {
      this.#held.append(rest)
      bytes = this.#held.view()
    }
    const item = this.#parse(bytes)
    this.#held.clear()
    this.#frame.append(ZERO)
    this.#place = 'between'
    if (this.#wrong === null) this.#onItem(item)
  }

  #parse(bytes: Uint8Array): unknown {
    try {
      return JSON.parse(this.#decoder.decode(bytes))
    } catch (error) {
      this.#wrong = error instanceof Error ? error.message : String(error)
      return null
    }
  }
}

const OPENING = Uint8Array.of(QUOTE)
const ZERO = Uint8Array.of(0x30)

// What JSON lets stand between two elements, and what ends the list.
function isGap(byte: number): boolean {
  return (
    byte === 0x20 ||
    byte === 0x0a ||
    byte === 0x0d ||
    byte === 0x09 ||
    byte === COMMA ||
    byte === CLOSE_LIST ||
    byte === CLOSE_OBJECT
  )
}

function endsItem(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT
}
