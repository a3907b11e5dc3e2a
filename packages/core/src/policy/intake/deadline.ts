import type { EpochMs } from '../../model/time.js'
import { type LinePlace, refusal } from './intake-error.js'
import { shownValue } from './shown-value.js'

const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const MINUTE = 60_000
/** 9999-12-31T23:59:59.999Z, the last instant that the format can write. */
const LATEST_AT = 253_402_300_799_999

/** Reads an RFC 3339 instant with its zone; null for anything else. Parts of a millisecond are dropped. */
export function parseInstant(text: string): EpochMs | null {
  const match = RFC_3339.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six
  const offset = offsetOf(match)
  if (offset === null || hour > 23 || minute > 59 || second > 59) return null
  const at = Date.UTC(year, month - 1, day, hour, minute, second)
  const millis = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'))
  // A day that the month does not have rolls over into the next one.
  // A year below 100 is taken for one of the 1900s.
  const date = new Date(at)
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCFullYear() === year && day > 0
  return isDay ? at + millis - offset : null
}

type Six = [number, number, number, number, number, number]

/**
 * Checks a deadline: an RFC 3339 instant with its zone, or from a program (`from`) epoch milliseconds as well.
 *
 * In a file a number could be seconds as well as milliseconds, so it says what it means in words.
 *
 * @throws {InvalidInputError} rule `invalid_deadline`.
 */
export function readDeadline(
  value: unknown,
  place: LinePlace,
  from: 'file' | 'program',
): EpochMs | null {
  if (value === undefined || value === null) return null
  const isProgram = from === 'program'
  const at = typeof value === 'string' ? parseInstant(value) : isProgram ? value : null
  if (typeof at === 'number' && Number.isSafeInteger(at) && at >= 0 && at <= LATEST_AT) return at
  const expected = isProgram ? 'epoch milliseconds or an RFC 3339 instant' : 'an RFC 3339 instant'
  throw refusal({
    place,
    field: 'deadline_at',
    rule: 'invalid_deadline',
    problem: `expected ${expected} with its zone, got ${shownValue(value)}.`,
    hint: 'Write it like 2026-11-21T06:00:00+11:00 or 2026-11-20T19:00:00Z.',
  })
}

function offsetOf(match: RegExpExecArray): number | null {
  const [hours, minutes] = [Number(match[9] ?? 0), Number(match[10] ?? 0)]
  if (hours > 23 || minutes > 59) return null
  return (match[8] === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE
}
