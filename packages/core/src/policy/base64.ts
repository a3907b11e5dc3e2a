const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const CODES = Uint8Array.from(ALPHABET, (char) => char.charCodeAt(0))
const PAD = 0x3d

/**
 * Writes bytes as base64 into `target` from `at` on, and answers the index after it. Ends with padding unless the bytes are a
 * multiple of three, so that pieces of such a length, one after another, are the base64 of the whole.
 */
export function writeBase64(bytes: Uint8Array, target: Uint8Array, at: number): number {
  const whole = bytes.length - (bytes.length % 3)
  let to = at
  for (let from = 0; from < whole; from += 3, to += 4) {
    const three =
      ((bytes[from] as number) << 16) |
      ((bytes[from + 1] as number) << 8) |
      (bytes[from + 2] as number)
    target[to] = CODES[three >> 18] as number
    target[to + 1] = CODES[(three >> 12) & 63] as number
    target[to + 2] = CODES[(three >> 6) & 63] as number
    target[to + 3] = CODES[three & 63] as number
  }
  return whole === bytes.length ? to : writeRest(bytes.subarray(whole), target, to)
}

function writeRest(rest: Uint8Array, target: Uint8Array, at: number): number {
  const [first = 0, second = 0] = rest
  target[at] = CODES[first >> 2] as number
  target[at + 1] = CODES[((first & 3) << 4) | (second >> 4)] as number
  target[at + 2] = rest.length === 1 ? PAD : (CODES[(second & 15) << 2] as number)
  target[at + 3] = PAD
  return at + 4
}
