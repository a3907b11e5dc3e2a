import { ConfigError, type QueueName } from '@halfrate/core'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/**
 * Checks the name of a queue.
 *
 * @throws {ConfigError} when no queue can have that name.
 */
export function queueName(name: string): QueueName {
  if (NAME.test(name)) return name as QueueName
  throw new ConfigError(
    `queue: expected 1 to 64 of A-Z a-z 0-9 _ . -, got ${JSON.stringify(name.slice(0, 80))}.`,
    'Choose another name.',
  )
}
