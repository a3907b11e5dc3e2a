import { ConfigError, type Digest, type QueueName } from '@halfrate/core'
import { FIRST_READING, type ReadingMark } from '@halfrate/core/results'

/** What is given for a cursor before there is one: the first reading, from the oldest answer on. */
export const FIRST_CURSOR = 'start'

const RADIX = 36
const NUMBER = /^[0-9a-z]{1,11}$/
const CHECK_DIGITS = 6

/** Writes where the next reading of a queue's answers begins: numbers, and a check that it is this queue's and nothing is missing. */
export function cursorText(mark: ReadingMark, queue: QueueName, digest: Digest): string {
  const { doneFrom, afterId, seenId, seenAt } = mark
  const numbers = [doneFrom, afterId, seenId, seenAt].map((each) => each.toString(RADIX)).join('.')
  return `${numbers}.${checkOf(numbers, queue, digest)}`
}

/**
 * Reads a cursor of a queue.
 *
 * @throws {ConfigError} for anything that no reading of this queue gave.
 */
export function parseCursor(text: string, queue: QueueName, digest: Digest): ReadingMark {
  if (text === FIRST_CURSOR) return FIRST_READING
  const parts = text.split('.')
  const [doneFrom, afterId, seenId, seenAt, check] = parts
  const numbers = parts.slice(0, -1)
  const isWhole = parts.length === 5 && numbers.every((part) => NUMBER.test(part))
  if (!isWhole || check !== checkOf(numbers.join('.'), queue, digest)) throw noCursor(text, queue)
  const [from, after, seen, at] = [doneFrom, afterId, seenId, seenAt].map((part) =>
    Number.parseInt(part ?? '', RADIX),
  ) as [number, number, number, number]
  return { doneFrom: from, afterId: after, seenId: seen, seenAt: at }
}

function checkOf(numbers: string, queue: QueueName, { hash128 }: Digest): string {
  const bytes = hash128(new TextEncoder().encode(`answers of ${queue} after ${numbers}`))
  return Buffer.from(bytes).toString('hex').slice(0, CHECK_DIGITS)
}

function noCursor(text: string, queue: QueueName): ConfigError {
  return new ConfigError(
    `after: expected ${FIRST_CURSOR}, or the cursor that the last reading of queue ${queue} gave, got ${JSON.stringify(text.slice(0, 80))}.`,
    `Give it whole as it came; ${FIRST_CURSOR} reads everything again. Nothing was read.`,
  )
}
