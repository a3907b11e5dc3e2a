// Lower case, without i, l, o, u: safe in a custom id and hard to misread.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0))
const HALF_DIGITS = 6
const HALF = 32 ** HALF_DIGITS
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]))

/** Reads {@link writeNumberBase32}'s text; null when it is not base32 or not a safe integer. */
export function numberFromBase32(text: string): number | null {
  let value = 0
  for (const char of text) {
    const digit = VALUES.get(char)
    if (digit === undefined) return null
    value = value * 32 + digit
  }
  return Number.isSafeInteger(value) ? value : null
}

/** Writes a whole number from 0 to 2^53 - 1 as base32 of a fixed width, padded with zeros, from `at` on. */
export function writeNumberBase32(
  value: number,
  { target, at, width }: Readonly<{ target: Uint8Array; at: number; width: number }>,
): void {
  // In two halves that are small enough for bit operations.
  let rest = value % HALF
  let higher = Math.floor(value / HALF)
  for (let place = width - 1, digit = 1; place >= 0; place -= 1, digit += 1) {
    target[at + place] = CODES[rest & 31] ?? 0
    rest >>>= 5
    if (digit === HALF_DIGITS) {
      rest = higher
      higher = 0
    }
  }
}

/** Writes what {@link bytesToBase32} makes into bytes, from `at` on. */
export function writeBytesBase32(
  bytes: Uint8Array,
  { target, at, width }: Readonly<{ target: Uint8Array; at: number; width: number }>,
): void {
  for (let place = 0; place < width; place += 1) {
    const bit = place * 5
    const byte = bit >>> 3
    const pair = ((bytes[byte] ?? 0) << 8) | (bytes[byte + 1] ?? 0)
    target[at + place] = CODES[(pair >>> (11 - (bit & 7))) & 31] ?? 0
  }
}

/** Writes the first `width` groups of five bits of some bytes. The bytes must hold that many. */
export function bytesToBase32(bytes: Uint8Array, width: number): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5 && text.length < width) {
      bits -= 5
      text += ALPHABET.charAt((buffer >> bits) & 31)
    }
  }
  return text
}
