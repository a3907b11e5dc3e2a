import { ConfigError, type QueueName } from '@halfrate/core'

const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/**
 * Reads the name of a queue.
 *
 * @throws {ConfigError} naming the flag, when no queue can have that name.
 */
export function queueFlag(flag: string): (text: string) => QueueName {
  return (text) => {
    if (NAME.test(text)) return text as QueueName
    throw new ConfigError(
      `${flag}: ${JSON.stringify(text)} can't be a queue's name.`,
      'Its name has 1 to 64 of the characters A-Z a-z 0-9 _ . - (halfrate run fills the queue run).',
    )
  }
}
