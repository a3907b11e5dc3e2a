import { type LinePlace, refusal } from './intake-error.js'
import type { JsonMember } from './json-member.js'
import { textOfSlice, textOfString } from './json-text.js'
import { shownBytes } from './shown-value.js'

/** What Halfrate itself needs to know of params. */
export interface ParamsFacts {
  /** `params.model` as the caller wrote it. */
  readonly model: string
  /** At least 1. */
  readonly maxTokens: number
}

/** What is checked, by the provider's list of what a batch does not take. Source: Message Batches API, 2026-09-26. */
const CHECKED: ReadonlySet<string> = new Set(['model', 'max_tokens', 'messages', 'stream', 'speed'])
const QUOTE = 0x22
const BRACKET = 0x5b
const LETTER_T = 0x74
const DIGIT_ONE = 0x31
const DIGIT_NINE = 0x39
const MINUS = 0x2d

/**
 * Checks the few members of params that would fail only when the batch has ended, up to a day later.
 *
 * Everything else passes: the provider knows its own rules best, and they change.
 *
 * @param bytes the input that the members are slices of.
 * @throws {InvalidInputError} rule `invalid_params` or `unsupported_param`.
 */
export function validateParams(
  bytes: Uint8Array,
  members: readonly JsonMember[],
  place: LinePlace,
): ParamsFacts {
  const found: Partial<Record<string, JsonMember>> = {}
  for (const member of members) if (CHECKED.has(member.name)) found[member.name] = member
  const input: Input = { bytes, place }
  refuseUnsupported(found, input)
  const model = modelOf(found.model, input)
  const maxTokens = maxTokensOf(found.max_tokens, input)
  if (found.messages === undefined || bytes[found.messages.valueStart] !== BRACKET) {
    throw unexpected('messages', 'an array of messages', found.messages, input)
  }
  return { model, maxTokens }
}

interface Input {
  readonly bytes: Uint8Array
  readonly place: LinePlace
}

function refuseUnsupported(found: Partial<Record<string, JsonMember>>, input: Input): void {
  const { stream, speed } = found
  if (stream !== undefined && input.bytes[stream.valueStart] === LETTER_T) {
    throw unsupported('stream', 'true', input)
  }
  if (speed !== undefined) {
    throw unsupported('speed', shownBytes(input.bytes, speed.valueStart, speed.end), input)
  }
}

function unsupported(name: string, got: string, { place }: Input): Error {
  return refusal({
    place,
    field: `params.${name}`,
    rule: 'unsupported_param',
    problem: `expected params without it, got ${got}.`,
    hint: `Batches refuse ${name}${name === 'stream' ? ': true' : ''}.`,
  })
}

function modelOf(member: JsonMember | undefined, input: Input): string {
  const { bytes } = input
  if (member === undefined || bytes[member.valueStart] !== QUOTE) {
    throw unexpected('model', 'the name of a model', member, input)
  }
  const model = textOfString(bytes, member.valueStart, member.end)
  if (model.trim() === '') throw unexpected('model', 'the name of a model', member, input)
  return model
}

function maxTokensOf(member: JsonMember | undefined, input: Input): number {
  const value = member === undefined ? 0 : wholeNumber(input.bytes, member)
  if (value < 1) {
    const hint = value === 0 && member !== undefined ? 'Batches refuse max_tokens 0.' : undefined
    throw unexpected('max_tokens', 'a whole number of at least 1', member, input, hint)
  }
  return value
}

/** -1 for what is not a whole number. */
function wholeNumber(bytes: Uint8Array, { valueStart, end }: JsonMember): number {
  let value = 0
  for (let at = valueStart; at < end; at += 1) {
    const byte = bytes[at] as number
    if (byte < 0x30 || byte > DIGIT_NINE) return slowNumber(bytes, valueStart, end)
    value = value * 10 + (byte - 0x30)
  }
  return Number.isSafeInteger(value) ? value : -1
}

// 1e3 and 1024.0 are whole numbers too.
function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start] as number
  if (first !== MINUS && (first < DIGIT_ONE - 1 || first > DIGIT_NINE)) return -1
  const value = Number(textOfSlice(bytes, start, end))
  return Number.isSafeInteger(value) ? value : -1
}

function unexpected(
  name: string,
  expected: string,
  member: JsonMember | undefined,
  { bytes, place }: Input,
  hint?: string,
): Error {
  const got = member === undefined ? 'none' : shownBytes(bytes, member.valueStart, member.end)
  return refusal({
    place,
    field: `params.${name}`,
    rule: 'invalid_params',
    problem: `expected ${expected}, got ${got}.`,
    hint,
  })
}
