/** An object out of `JSON.parse`, nothing known about its members. */
export type JsonObject = Readonly<Record<string, unknown>>

/** The value if it is an object, not an array; else null. */
export function objectOf(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null
}

const WORD = /^[\x20-\x7e]{1,200}$/

/**
 * The value if it is a word: 1 to 200 printable ASCII characters, else null.
 *
 * Types, codes and model names go into columns and on screens, so what could be refused there (NUL, lone surrogates)
 * or is of no use (megabytes) must not pass.
 */
export function wordOf(value: unknown): string | null {
  return typeof value === 'string' && WORD.test(value) ? value : null
}
