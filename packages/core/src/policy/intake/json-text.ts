const BACKSLASH = 0x5c
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** Whether a slice of JSON has an escape in it. */
export function hasEscape(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at] === BACKSLASH) return true
  return false
}

/** Reads a JSON string, quotes included, that is known to be well formed. Lone surrogates stay what they are. */
export function textOfString(bytes: Uint8Array, start: number, end: number): string {
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
