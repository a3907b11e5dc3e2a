/** A caller's text as SQL stores it: text where the database can hold it, else its UTF-16 code units as bytes. */
export type AnyText = string | Uint8Array

/**
 * Writes any text, lone surrogates included, so that it comes back as it was.
 *
 * SQL text is UTF-8, which has no lone surrogates: a driver would turn them into U+FFFD, and two keys into one.
 * NUL needs no care here, since values are bound by length.
 */
export function anyTextOf(text: string): AnyText {
  return LONE_SURROGATE.test(text) ? codeUnitsOf(text) : text
}

// With the u flag only surrogates without a partner are characters of their own.
const LONE_SURROGATE = /\p{Surrogate}/u

/** Reads {@link anyTextOf}'s value. */
export function textOfAny(value: AnyText): string {
  if (typeof value === 'string') return value
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength)
  let text = ''
  for (let at = 0; at < value.byteLength; at += 2) {
    text += String.fromCharCode(view.getUint16(at, true))
  }
  return text
}

function codeUnitsOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let index = 0; index < text.length; index += 1) {
    view.setUint16(index * 2, text.charCodeAt(index), true)
  }
  return bytes
}
