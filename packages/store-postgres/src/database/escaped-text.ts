// PostgreSQL's text holds no NUL and no lone surrogate. With the u flag only surrogates without a partner are
// characters of their own.
const TO_ESCAPE = /[\\\0]|\p{Surrogate}/gu
const ESCAPED = /\\([0-9a-f]{4})/g

/** Writes any text so that a `text` or `varchar` column can hold it; different texts stay different. */
export function escapedText(text: string): string {
  return text.replace(TO_ESCAPE, (unit) => `\\${hex(unit.charCodeAt(0))}`)
}

/** Reads {@link escapedText}'s value. */
export function unescapedText(stored: string): string {
  if (!stored.includes('\\')) return stored
  return stored.replace(ESCAPED, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  )
}

function hex(code: number): string {
  return code.toString(16).padStart(4, '0')
}
