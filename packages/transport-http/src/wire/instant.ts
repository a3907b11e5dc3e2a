import type { EpochMs } from '@halfrate/core'

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/

/**
 * Reads an RFC 3339 instant; the provider writes microseconds, which are cut to milliseconds. Null when it is none.
 */
export function readInstant(text: string): EpochMs | null {
  if (!RFC_3339.test(text)) return null
  const at = Date.parse(text.toUpperCase())
  return Number.isNaN(at) ? null : at
}

/**
 * Reads an HTTP date in the form that servers send, `Sat, 21 Nov 2026 12:34:56 GMT`; null when it is none. The platform
 * alone would take a bare number for a year.
 */
export function readHttpDate(text: string | null): EpochMs | null {
  if (text === null || !/^[A-Za-z]{3}, \d\d [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d GMT$/.test(text))
    return null
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : at
}
