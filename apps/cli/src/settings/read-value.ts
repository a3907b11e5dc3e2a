import { ConfigError } from '@halfrate/core'
import { configFault, shownValue } from './config-fault.js'

/** How a value stands in a file, and how its flag is read. */
export type ValueRule =
  | {
      readonly kind: 'text' | 'number' | 'dollars' | 'span'
      /** Reads the text of the flag; its error begins with the name that it is given. */
      readonly reader: (name: string) => (text: string) => unknown
    }
  /** `true` or `false`; `on` or `off` for its flag. */
  | { readonly kind: 'switch' }
  /** A list of some of these. */
  | { readonly kind: 'words'; readonly words: readonly string[] }

const EXPECTED: Readonly<Record<Exclude<ValueRule['kind'], 'words' | 'switch'>, string>> = {
  text: 'a text',
  number: 'a number',
  dollars: 'an amount of dollars such as 20 or "0.50"',
  span: 'a time such as "30s" or "2m"',
}

/**
 * Reads a value of a file by the rules of its flag, and answers it as the flag would have it.
 *
 * @throws {ConfigError} when it is of another kind, or the flag does not take it.
 */
export function readValue(place: string, value: unknown, rule: ValueRule): string {
  if (rule.kind === 'words') return readWords(place, value, rule.words)
  if (rule.kind === 'switch') return readSwitch(place, value)
  const text = textOf(value, rule.kind)
  if (text === null) {
    throw configFault(place, `expected ${EXPECTED[rule.kind]}, got ${shownValue(value)}.`)
  }
  try {
    rule.reader(place)(text)
    return text
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    // A flag is always a text; what stands in a file may be a number, and is shown as it stands.
    const got = typeof value === 'string' ? JSON.stringify(text) : String(value)
    const problem = error.message.replace(`${place}: `, '')
    throw configFault(place, problem.replace(`got ${JSON.stringify(text)}`, `got ${got}`))
  }
}

function textOf(value: unknown, kind: keyof typeof EXPECTED): string | null {
  if (typeof value === 'string') return kind === 'number' ? null : value
  if (typeof value !== 'number') return null
  const takesNumber = kind === 'number' || kind === 'dollars' || (kind === 'span' && value === 0)
  return takesNumber ? String(value) : null
}

function readSwitch(place: string, value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  throw configFault(place, `expected true or false, got ${shownValue(value)}.`)
}

function readWords(place: string, value: unknown, words: readonly string[]): string {
  const expected = `a list of some of ${words.map((word) => JSON.stringify(word)).join(', ')}`
  if (!Array.isArray(value))
    throw configFault(place, `expected ${expected}, got ${shownValue(value)}.`)
  for (const word of value) {
    if (words.includes(word)) continue
    throw configFault(place, `expected ${expected}, got ${shownValue(word)} in it.`)
  }
  return value.length === 0 ? 'none' : value.join(',')
}
