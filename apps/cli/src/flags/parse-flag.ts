import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type AfterAbsence, ConfigError, type NanoUsd } from '@halfrate/core'
import { parseUsd } from '@halfrate/core/money'
import { type FastClock, parseFastClock } from '@halfrate/runtime'

/**
 * Reads a whole number in a range.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function wholeNumber(flag: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new ConfigError(
      `${flag}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was sent.',
    )
  }
}

/**
 * Reads one of a few words.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function oneOf<Word extends string>(
  flag: string,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const word = words.find((candidate) => candidate === text)
    if (word !== undefined) return word
    throw new ConfigError(
      `${flag}: expected ${words.join(' or ')}, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was sent.',
    )
  }
}

/**
 * Reads `on` or `off`.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function onOrOff(flag: string): (text: string) => boolean {
  const word = oneOf(flag, ['on', 'off'])
  return (text) => word(text) === 'on'
}

/**
 * Reads some of a few words, with commas between them; `none` is none of them.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function someOf<Word extends string>(
  flag: string,
  words: readonly Word[],
): (text: string) => readonly Word[] {
  const one = oneOf(`${flag} (one or more, with commas between them, or none)`, words)
  return (text) => {
    if (text.trim() === 'none') return []
    return [...new Set(text.split(',').map((word) => one(word.trim())))]
  }
}

const MOST_DOLLARS = '9007199.25'

/**
 * Reads an amount of dollars, as `20`, `$20` or `0.50`.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function dollars(flag: string): (text: string) => NanoUsd {
  return (text) => {
    const nano = parseUsd(text)
    if (nano !== null && nano >= 0) return nano
    if (/^\$?\d{7,}(?:\.\d{1,9})?$/.test(text.trim())) {
      throw new ConfigError(
        `${flag}: expected at most ${MOST_DOLLARS} dollars, the most that is counted to the nano-dollar, got ${JSON.stringify(text)}.`,
        'Correct the flag. Nothing was sent.',
      )
    }
    throw new ConfigError(
      `${flag}: expected an amount of dollars such as 20 or 0.50, got ${JSON.stringify(text)}.`,
      'Correct the flag. Nothing was sent.',
    )
  }
}

/**
 * Reads a cap on a cost: an amount of dollars, or `none` for no cap.
 *
 * @throws {ConfigError} naming the flag, what was expected and what came.
 */
export function costCap(flag: string): (text: string) => NanoUsd | 'none' {
  const amount = dollars(flag)
  return (text) => (text === 'none' ? 'none' : amount(text))
}

/**
 * Reads what `--after-absence` says.
 *
 * @throws {ConfigError} when it is another word.
 */
export const afterAbsence: (text: string) => AfterAbsence = oneOf('--after-absence', [
  'send',
  'wait',
])

/**
 * Reads the clock of an emulator: its JSON, its whole start line, or the path or file URL of a file that holds one.
 *
 * @throws {ConfigError} when it is none of these.
 */
export function clockFlag(text: string): FastClock {
  if (text.trimStart().startsWith('{')) return parseFastClock(text)
  return parseFastClock(readClockFile(text).split('\n', 1)[0] ?? '')
}

function readClockFile(text: string): string {
  try {
    return readFileSync(text.startsWith('file:') ? fileURLToPath(text) : text, 'utf8')
  } catch (error) {
    throw new ConfigError(
      `--clock: expected JSON or a file that holds the start line of an emulator; ${text} can't be read.`,
      'Check the name, or pass the line itself.',
      { cause: error },
    )
  }
}

/**
 * Reads the name of a job: 1 to 200 characters, none of them a control character.
 *
 * @throws {ConfigError} naming the flag.
 */
export function jobName(flag: string): (text: string) => string {
  return (text) => {
    if (text.length >= 1 && text.length <= 200 && !/\p{Cc}|\p{Cs}/u.test(text)) return text
    throw new ConfigError(
      `${flag}: expected a name of 1 to 200 characters, got ${JSON.stringify(text)}.`,
      'Choose another name. Nothing was sent.',
    )
  }
}
