const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_U = 0x75
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30

/** What a byte means inside a string: nothing, or one of the things that must be looked at. */
const PLAIN = 0
const ENDS = 1
const ESCAPES = 2
const FORBIDDEN = 3
const WIDE = 4
const MEANING = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === QUOTE) return ENDS
  if (byte === BACKSLASH) return ESCAPES
  if (byte < 0x20) return FORBIDDEN
  return byte < 0x80 ? PLAIN : WIDE
})
const SHORT_ESCAPES: ReadonlySet<number> = new Set(Array.from('"\\/bfnrt', (c) => c.charCodeAt(0)))

/** Bytes that can be read by the word as well. */
export class ByteSource {
  bytes: Uint8Array = new Uint8Array(0)
  /** The whole buffer that the bytes are in; making a view for each line would cost as much as the rest of a short one. */
  words: DataView = new DataView(this.bytes.buffer)
  /** Where in the buffer they begin. */
  base = 0

  /** Turns to other bytes. */
  turnTo(bytes: Uint8Array): this {
    this.bytes = bytes
    this.base = bytes.byteOffset
    if (this.words.buffer !== bytes.buffer) this.words = new DataView(bytes.buffer)
    return this
  }
}

/**
 * Where a string ends that begins with the quote at `start`: the index after its closing quote.
 *
 * For a string that is none it is `-1 - at`, where `at` is the first byte that is wrong (`end` when the quote is
 * missing). Lone surrogates and NUL are fine when they are escaped; raw bytes must be UTF-8 (RFC 3629).
 */
export function endOfString(source: ByteSource, start: number, end: number): number {
  const { bytes, words, base } = source
  const lastWord = end - 4
  let at = start + 1
  while (at < end) {
    // Most of an input is plain text inside strings, so that is read by the word.
    while (at <= lastWord && isPlainWord(words.getInt32(base + at))) at += 4
    if (at >= end) break
    const meaning = MEANING[bytes[at] as number]
    if (meaning === ENDS) return at + 1
    if (meaning === FORBIDDEN) return -1 - at
    const next = meaning === PLAIN ? at + 1 : endOfSpecial(bytes, at, end)
    if (next < 0) return -1 - at
    at = next
  }
  return -1 - end
}

/**
 * Whether none of four bytes is a quote, a backslash, a control character or beyond ASCII.
 *
 * The sign bit of a byte is set in the word itself beyond ASCII, in `word - 0x20…` below a space, and in `x - 0x01…`
 * where x is 0, that is where the byte is the one that was folded out. A borrow may cry wolf and never hides one.
 */
function isPlainWord(word: number): boolean {
  const quotes = (word ^ 0x22222222) - 0x01010101
  const backslashes = (word ^ 0x5c5c5c5c) - 0x01010101
  return ((word | (word - 0x20202020) | quotes | backslashes) & 0x80808080) === 0
}

function endOfSpecial(bytes: Uint8Array, at: number, end: number): number {
  return bytes[at] === BACKSLASH ? endOfEscape(bytes, at, end) : endOfWide(bytes, at, end)
}

/** Where a number ends that begins at `start`; `-1 - at` as in {@link endOfString}. */
export function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (bytes[at] === MINUS) at += 1
  // A zero in front stands alone: 01 is no number.
  at = bytes[at] === ZERO && at < end ? at + 1 : endOfDigits(bytes, at, end)
  if (at > 0 && at < end && bytes[at] === POINT) at = endOfDigits(bytes, at + 1, end)
  if (at > 0 && at < end && isExponent(bytes[at])) {
    const hasSign = at + 1 < end && (bytes[at + 1] === PLUS || bytes[at + 1] === MINUS)
    at = endOfDigits(bytes, at + (hasSign ? 2 : 1), end)
  }
  return at
}

function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && isDigit(bytes[at])) at += 1
  return at === start ? -1 - at : at
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= 0x39
}

function isExponent(byte: number | undefined): boolean {
  return byte === 0x65 || byte === 0x45
}

function endOfEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return -1
  const kind = bytes[at + 1] as number
  if (SHORT_ESCAPES.has(kind)) return at + 2
  if (kind !== LETTER_U || at + 6 > end) return -1
  for (let digit = at + 2; digit < at + 6; digit += 1) if (!isHex(bytes[digit])) return -1
  return at + 6
}

function isHex(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

function endOfWide(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] as number
  if (first >= 0xc2 && first <= 0xdf) return endOfTrail(bytes, at, end, 1)
  const second = at + 1 < end ? (bytes[at + 1] as number) : 0
  // The second byte also rules out forms that are longer than needed, surrogates, and what lies above U+10FFFF.
  if (first >= 0xe0 && first <= 0xef) {
    const isOdd = (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f)
    return isOdd ? -1 : endOfTrail(bytes, at, end, 2)
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const isOdd = (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)
    return isOdd ? -1 : endOfTrail(bytes, at, end, 3)
  }
  return -1
}

function endOfTrail(bytes: Uint8Array, at: number, end: number, count: number): number {
  const after = at + 1 + count
  if (after > end) return -1
  for (let next = at + 1; next < after; next += 1) {
    if (((bytes[next] as number) & 0xc0) !== 0x80) return -1
  }
  return after
}
