import { ConfigError } from '@halfrate/core'
import { nearNames } from '@halfrate/core/intake'

/** The members that options have, each once; a type error where one is forgotten. */
export type Members<Options> = Readonly<Record<keyof Options, true>>

/**
 * Checks that a call's options are an object and have no member that nobody knows. A program without types would else
 * never learn that what it asks for is not done.
 *
 * @throws {ConfigError} naming the call and the member.
 */
export function checkOptions<Options extends object>(
  call: string,
  options: unknown,
  members: Members<Options>,
): void {
  checkObject(call, 'an object with its options', options)
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(members, name))
  if (unknown === undefined) return
  const known = Object.keys(members)
  const [near] = nearNames(unknown, known, 1)
  const meant = near === undefined ? '' : ` Was ${near} meant?`
  throw new ConfigError(
    `${call}: there is no option ${JSON.stringify(unknown)}; expected some of ${known.join(', ')}.${meant}`,
    'Correct the call, or see whether a newer version has that option. Nothing was done.',
  )
}

/**
 * Checks that something is an object and no list.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkObject(call: string, what: string, value: unknown): asserts value is object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  throw wrong(call, what, value)
}

/**
 * Checks that rows can be gone through.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkRows(call: string, rows: unknown): void {
  if (typeof rows === 'object' && rows !== null) {
    if (Symbol.iterator in rows || Symbol.asyncIterator in rows) return
  }
  throw wrong(call, 'rows: an array, a generator or a stream of { key, params }', rows)
}

/**
 * Checks that something is a text.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkText(call: string, what: string, text: unknown): asserts text is string {
  if (typeof text !== 'string') throw wrong(call, `${what}, a text`, text)
}

/**
 * Checks that something is one of a few words.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkWord(call: string, name: string, word: unknown, words: object): void {
  if (typeof word === 'string' && Object.hasOwn(words, word)) return
  const got = typeof word === 'string' ? JSON.stringify(word) : nameOf(word)
  throw new ConfigError(
    `${call}: ${name}: expected one of ${Object.keys(words).join(', ')}, got ${got}.`,
    'Correct the call. Nothing was done.',
  )
}

/**
 * Checks that something is a time to wait.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkMs(call: string, name: string, ms: unknown): asserts ms is number {
  if (typeof ms === 'number' && ms >= 0) return
  throw wrong(call, `${name} in milliseconds, 0 or more`, ms)
}

/**
 * Checks that something can be called.
 *
 * @throws {ConfigError} otherwise.
 */
export function checkFunction(call: string, what: string, value: unknown): void {
  if (typeof value !== 'function') throw wrong(call, what, value)
}

function wrong(call: string, expected: string, value: unknown): ConfigError {
  return new ConfigError(
    `${call}: expected ${expected}, got ${nameOf(value)}.`,
    'Correct the call. Nothing was done.',
  )
}

// Of what may be long or secret only the kind.
function nameOf(value: unknown): string {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') {
    return String(value)
  }
  if (Array.isArray(value)) return 'a list'
  return value === undefined ? 'nothing' : `a value of type ${typeof value}`
}
