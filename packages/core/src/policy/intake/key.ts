import type { InvalidInputError } from '../../errors.js'
import { type LinePlace, refusal } from './intake-error.js'
import { bytesOfText } from './json-text.js'
import { shownValue } from './shown-value.js'

/** Most bytes that a key may have in UTF-8. */
export const MAX_KEY_BYTES = 512

const LONE_SURROGATE = /\p{Cs}/u

/** A key and its UTF-8, which is hashed. */
export interface Key {
  readonly text: string
  readonly bytes: Uint8Array
}

/**
 * Checks a key: text of 1 to 512 bytes of UTF-8.
 *
 * @param at where it came from; the member is `key` or `custom_id`.
 * @param utf8 its UTF-8, where that is known already.
 * @throws {InvalidInputError} rule `missing_key`, `invalid_key` or `key_too_long`.
 */
export function readKey(
  value: unknown,
  at: Readonly<{ place: LinePlace; field: string }>,
  utf8?: Uint8Array,
): Key {
  const { place, field } = at
  if (value === undefined || value === null || value === '') {
    const got = value === '' ? 'an empty one' : value === null ? 'null' : 'none'
    throw refusal({
      place,
      field,
      rule: 'missing_key',
      problem: `expected a text that names the request, got ${got}.`,
      hint: 'Every request needs a key of its own; custom_id is taken as one.',
    })
  }
  // A lone surrogate has no UTF-8, so two such keys could not be told apart.
  if (typeof value !== 'string' || LONE_SURROGATE.test(value)) {
    const problem = `expected a text of whole characters, got ${shownValue(value)}.`
    throw refusal({ place, field, rule: 'invalid_key', problem })
  }
  const bytes = utf8 ?? bytesOfText(value)
  if (bytes.length > MAX_KEY_BYTES) {
    const problem = `expected at most ${MAX_KEY_BYTES} bytes of UTF-8, got ${bytes.length}.`
    throw refusal({ place, field, rule: 'key_too_long', problem })
  }
  return { text: value, bytes }
}

/** Makes the error for an input that lists a key twice. In a file, rows are lines. */
export function repeatedKey(
  second: Readonly<{ key: string; row: number | null }>,
  otherRow: number,
  file: string | null,
): InvalidInputError {
  const rows = [otherRow, second.row ?? otherRow].sort((a, b) => a - b)
  const where = `${file === null ? 'rows' : 'lines'} ${rows.join(' and ')}`
  return refusal({
    place: { file, line: file === null ? null : second.row },
    field: 'key',
    rule: 'repeated_key',
    problem: `expected every key once, got ${shownValue(second.key)} in ${where}.`,
    hint: 'A key names one request of a job.',
  })
}
