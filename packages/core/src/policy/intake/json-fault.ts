import type { InvalidInputError } from '../../errors.js'
import { type IntakeRule, type LinePlace, refusal } from './intake-error.js'
import { textOfSlice, textOfString } from './json-text.js'
import { ByteSource, endOfString } from './json-token.js'
import { type JsonFault, MAX_DEPTH } from './member-slicer.js'
import { shownBytes, shownText } from './shown-value.js'

const BACKSLASH = 0x5c

/** The input that a fault was found in. */
export interface FaultyInput {
  readonly bytes: Uint8Array
  /** Where the line begins; columns are counted from here. */
  readonly start: number
  readonly end: number
  readonly place: LinePlace
}

/** Makes the error that tells a person what is wrong with the JSON, and where. */
export function jsonRefusal(fault: JsonFault, input: FaultyInput): InvalidInputError {
  const { rule, problem, hint } = explain(fault, input)
  const field = fieldOf(fault, input.bytes, input.end)
  return refusal({ place: input.place, field, rule, problem, hint })
}

interface Explanation {
  readonly rule: IntakeRule
  readonly problem: string
  readonly hint?: string
}

function explain(fault: JsonFault, input: FaultyInput): Explanation {
  const at = `at column ${columnOf(fault.at, input)}`
  switch (fault.type) {
    case 'duplicate_member':
      return {
        rule: 'duplicate_member',
        problem: `expected every member once, got this one again ${at}.`,
        hint: 'Readers of JSON disagree about which of the two counts.',
      }
    case 'too_deep':
      return {
        rule: 'too_deep',
        problem: `expected at most ${MAX_DEPTH} objects and arrays in each other, got more ${at}.`,
      }
    case 'bad_string':
      return explainString(fault.at, input, at)
    default:
      return explainSyntax(fault, input, at)
  }
}

function explainString(fault: number, { bytes, end }: FaultyInput, at: string): Explanation {
  if (fault >= end) return { rule: 'invalid_json', problem: 'expected ", got the end of the line.' }
  const byte = bytes[fault] as number
  if (byte >= 0x80) {
    return {
      rule: 'not_utf8',
      problem: `expected UTF-8, got the byte 0x${byte.toString(16)} ${at}.`,
      hint: 'Write the input as UTF-8.',
    }
  }
  if (byte === BACKSLASH) {
    const got = shownBytes(bytes, fault, Math.min(end, fault + 2))
    return { rule: 'invalid_json', problem: `expected a JSON escape, got ${got} ${at}.` }
  }
  const got = shownText(String.fromCharCode(byte))
  return {
    rule: 'invalid_json',
    problem: `expected control characters to be escaped, got a raw ${got} ${at}.`,
  }
}

function explainSyntax(
  fault: JsonFault,
  { bytes, end, start }: FaultyInput,
  at: string,
): Explanation {
  const rule = 'invalid_json'
  const { expected } = fault
  if (fault.at >= end) {
    const problem = `expected ${expected}, got the end of the line.`
    return { rule, problem, hint: 'Every request stands on one line of its own.' }
  }
  if (fault.at === firstOf(bytes, start, end) && bytes[fault.at] === 0x5b) {
    const hint = "Every request stands on one line of its own; jq -c '.[]' makes lines of an array."
    return { rule, problem: `expected ${expected}, got an array.`, hint }
  }
  return { rule, problem: `expected ${expected}, got ${gotAt(bytes, fault.at, end)} ${at}.` }
}

// A word or one character: enough to find the place by.
function gotAt(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] === 0x22) {
    const next = stringEnd(bytes, start, end)
    return shownBytes(bytes, start, next < 0 ? end : next)
  }
  const text = textOfSlice(bytes, start, Math.min(end, start + 80))
  const got = /^[\p{L}\p{N}_.+-]+/u.exec(text)?.[0] ?? [...text][0] ?? ''
  return shownText(got)
}

function firstOf(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && (bytes[at] as number) <= 0x20) at += 1
  return at
}

// Columns count characters, as an editor does.
function columnOf(at: number, { bytes, start }: FaultyInput): number {
  let column = 1
  for (let index = start; index < at; index += 1) {
    if (((bytes[index] as number) & 0xc0) !== 0x80) column += 1
  }
  return column
}

function fieldOf({ path }: JsonFault, bytes: Uint8Array, end: number): string | null {
  const steps = path.map((step) =>
    step < 0
      ? String(-1 - step)
      : shownText(textOfString(bytes, step, stringEnd(bytes, step, end))),
  )
  // The ends say where it is; what lies between them in a deep nest would only fill the screen.
  const shown = steps.length > 12 ? [...steps.slice(0, 8), '…', ...steps.slice(-3)] : steps
  return shown.length === 0 ? null : shown.join('.')
}

function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  return endOfString(new ByteSource().turnTo(bytes), start, end)
}
