// Lower case, without i, l, o, u: safe in a custom id and hard to misread.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUES = new Map([...ALPHABET].map((char, value) => [char, value]))

/** Writes a whole number from 0 to 2^53 - 1 as base32 of a fixed width, padded with zeros. */
export function numberToBase32(value: number, width: number): string {
  let rest = value
  let text = ''
  for (let place = 0; place < width; place += 1) {
    text = ALPHABET.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

/** Reads {@link numberToBase32}'s text; null when it is not base32 or not a safe integer. */
export function numberFromBase32(text: string): number | null {
  let value = 0
  for (const char of text) {
    const digit = VALUES.get(char)
    if (digit === undefined) return null
    value = value * 32 + digit
  }
  return Number.isSafeInteger(value) ? value : null
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
