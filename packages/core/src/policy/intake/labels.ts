import { type LinePlace, refusal } from './intake-error.js'
import { shownText, shownValue } from './shown-value.js'

const MOST_LABELS = 16
const MOST_CHARS = 256
const HINT = 'Write labels like {"team": "claims"}.'
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/
// Labels become columns, series and cells; what can't be stored or shown everywhere stays out of them.
const UNFIT = /[\p{Cc}\p{Cs}]/u

/**
 * Checks labels: at most 16 short texts under names of `[A-Za-z0-9_.-]` that begin with a letter.
 *
 * @throws {InvalidInputError} rule `invalid_labels`.
 */
export function readLabels(
  value: unknown,
  place: LinePlace,
): Readonly<Record<string, string>> | null {
  if (value === undefined || value === null) return null
  const refuse = (field: string, problem: string) =>
    refusal({ place, field, rule: 'invalid_labels', problem, hint: HINT })
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw refuse('labels', `expected an object of short texts, got ${shownValue(value)}.`)
  }
  const entries = Object.entries(value)
  if (entries.length > MOST_LABELS) {
    throw refuse('labels', `expected at most ${MOST_LABELS} labels, got ${entries.length}.`)
  }
  for (const [name, text] of entries) {
    if (!NAME.test(name)) {
      const rule = 'a letter and up to 63 more of A-Z a-z 0-9 _ . -'
      throw refuse('labels', `expected label names of ${rule}, got "${shownText(name)}".`)
    }
    const problem = problemOf(text)
    if (problem !== null) throw refuse(`labels.${name}`, problem)
  }
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

function problemOf(text: unknown): string | null {
  if (typeof text !== 'string') return `expected a text, got ${shownValue(text)}.`
  if (text.length > MOST_CHARS) {
    return `expected at most ${MOST_CHARS} characters, got ${text.length}.`
  }
  if (UNFIT.test(text)) return `expected text without control characters, got ${shownValue(text)}.`
  return null
}
