import type { EpochMs, NanoUsd } from '@halfrate/core'
import { quoted } from '../rows/row-fault.js'

/** What a value should have been; the reader of a row puts its name in front. */
export class UnreadableValue {
  readonly problem: string

  constructor(expected: string, value: unknown) {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
    this.problem = `expected ${expected}, got ${quoted(text)}`
  }
}

const WHOLE = /^\d{1,16}(?:\.0+)?$/
const DECIMAL = /^\$?(\d{1,12})(?:\.(\d{1,40}))?$/
const NANO_PER_USD = 1_000_000_000n
const DAY = /^\d{4}-\d\d-\d\d/
const HAS_ZONE = /(?:Z|[+-]\d\d:?\d\d)$/i
const HAS_TIME = /^\d{4}-\d\d-\d\d[T ]\d/
const LAST_AT = Date.UTC(2100, 0)
// What a number can mean by its size: seconds, milliseconds, microseconds or nanoseconds since 1970.
const SCALES = [1_000, 1, 1e-3, 1e-6] as const
const FIRST_AT = Date.UTC(2020, 0)

/** Nothing, as JSON and CSV say it. */
export function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

/** A whole number from 0, as a number or a text. */
export function wholeOf(value: unknown): number | UnreadableValue {
  const text = typeof value === 'string' ? value.trim() : value
  const number = typeof text === 'string' && WHOLE.test(text) ? Number(text) : text
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  return new UnreadableValue('a whole number from 0', value)
}

/** A span of time, any number from 0. */
export function spanOf(value: unknown, unitMs: number): number | UnreadableValue {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number) && number >= 0) return number * unitMs
  return new UnreadableValue('a number from 0', value)
}

/**
 * An amount of money from 0, rounded half up to nano-dollars.
 *
 * @param unitNano nano-dollars in one of what is counted: of a dollar unless told otherwise.
 */
export function costOfValue(
  value: unknown,
  unitNano: bigint = NANO_PER_USD,
): NanoUsd | UnreadableValue {
  const text = typeof value === 'number' ? decimalText(value) : value
  const plain = typeof text === 'string' && /e/i.test(text) ? decimalText(Number(text)) : text
  const [, whole, fraction = ''] = DECIMAL.exec(String(plain ?? '').trim()) ?? []
  if (whole === undefined) return new UnreadableValue('an amount of money from 0', value)
  const unit = 10n ** BigInt(fraction.length)
  const nano = (2n * BigInt(whole + fraction) * unitNano + unit) / (2n * unit)
  return nano <= BigInt(Number.MAX_SAFE_INTEGER)
    ? (Number(nano) as NanoUsd)
    : new UnreadableValue('less than nine million dollars', value)
}

/** A yes or no. */
export function yesOrNo(value: unknown): boolean | UnreadableValue {
  const word = String(value).trim().toLowerCase()
  if (['true', '1', 'yes', 'y', 't'].includes(word)) return true
  if (['false', '0', 'no', 'n', 'f'].includes(word)) return false
  return new UnreadableValue('true or false', value)
}

/** A name or another short text. */
export function wordOf(value: unknown): string | UnreadableValue {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string' && value.length <= 1_000) return value.trim()
  return new UnreadableValue('a text of at most 1,000 characters', value)
}

/**
 * An instant: ISO 8601, or a number since 1970 in seconds, milliseconds, microseconds or nanoseconds, told by its size.
 * Without a zone it is in UTC.
 */
export function instantOf(value: unknown): EpochMs | UnreadableValue {
  const wrong = new UnreadableValue('an instant such as 2026-11-21T14:03:07Z', value)
  const text = typeof value === 'string' ? value.trim() : ''
  if (DAY.test(text)) {
    const iso = HAS_TIME.test(text) ? withZone(text.replace(' ', 'T').replace(' ', '')) : text
    const at = Date.parse(iso)
    return Number.isNaN(at) || at < 0 || at > LAST_AT ? wrong : at
  }
  const number = text === '' ? value : Number(text)
  if (typeof number !== 'number' || !Number.isFinite(number)) return wrong
  for (const scale of SCALES) {
    const at = Math.floor(number * scale)
    if (at >= FIRST_AT && at <= LAST_AT) return at
  }
  return wrong
}

function withZone(iso: string): string {
  return HAS_ZONE.test(iso) ? iso : `${iso}Z`
}

// As few digits as tell the number, which is what the program that wrote it meant.
function decimalText(value: number): string | null {
  if (!Number.isFinite(value)) return null
  const text = String(value)
  return /e/i.test(text) ? value.toFixed(12) : text
}
