const BACKSLASH = 0x5c
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Whether a slice of JSON has an escape in it. */
export function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true
  return false
}

// A text of a few characters is put together faster than a decoder is asked for it.
const SHORT = 32

function shortAscii(bytes: Uint8Array, start: number, end: number): string | null {
  let text = ''
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte >= 0x80 || byte === BACKSLASH) return null
    text += String.fromCharCode(byte)
  }
  return text
}

/** Reads a JSON string, quotes included, that is known to be well formed. Lone surrogates stay what they are. */
export function textOfString(bytes: Uint8Array, start: number, end: number): string {
  const short = end - start <= SHORT ? shortAscii(bytes, start + 1, end - 1) : null
  if (short !== null) return short
  if (!hasEscape(bytes, start, end)) return decoder.decode(bytes.subarray(start + 1, end - 1))
  return JSON.parse(decoder.decode(bytes.subarray(start, end))) as string
}

/** Reads any slice as text, as it stands. */
export function textOfSlice(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end))
}

/** The UTF-8 of a text; lone surrogates, which have none, become U+FFFD. */
export function bytesOfText(text: string): Uint8Array {
  return encoder.encode(text)
}
