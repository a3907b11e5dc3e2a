const MOST_SHOWN = 40
// What a terminal may obey, or what can't be seen: controls, marks of direction and joining, line separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
// Up to four bytes a character, and one more character to see that there is more.
const MOST_READ = (MOST_SHOWN + 1) * 4
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Makes text of a stranger fit for an error: what a terminal might obey is escaped, and the rest is cut off. */
export function shownText(text: string): string {
  const chars = [...text.slice(0, MOST_READ)]
  const cut = chars.length > MOST_SHOWN ? `${chars.slice(0, MOST_SHOWN).join('')}…` : text
  return cut.replace(UNSAFE, escaped)
}

/** The same for a slice of an input. */
export function shownBytes(bytes: Uint8Array, start: number, end: number): string {
  return shownText(decoder.decode(bytes.subarray(start, Math.min(end, start + MOST_READ))))
}

/** Shows a value of a program as JSON, where it is any. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return `"${shownText(value)}"`
  if (typeof value !== 'object' || value === null) return shownText(String(value))
  return Array.isArray(value) ? 'an array' : 'an object'
}

/** Says how many, with commas between the thousands. */
export function shownCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

function escaped(char: string): string {
  return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`
}
