import { ConfigError, DEFAULT_PROJECT, type QueueName, RUN_QUEUE } from '@halfrate/core'
import type { Halfrate } from '@halfrate/runtime'

/** Whether a request, a batch, a job or a setting of a store ever named a queue. The queue of `run` is in every store. */
export async function isKnownQueue(
  { store }: Pick<Halfrate, 'store'>,
  name: QueueName,
): Promise<boolean> {
  if (name === RUN_QUEUE) return true
  const queues = await store.listQueues({ project: DEFAULT_PROJECT })
  return queues.some(({ queue }) => queue === name)
}

/**
 * Refuses the name of a queue that is not there, which is a slip of the pen: what is done to it would be done to nothing.
 *
 * @throws {ConfigError} naming the queues that are there.
 */
export async function checkQueue(half: Pick<Halfrate, 'store'>, name: QueueName): Promise<void> {
  if (await isKnownQueue(half, name)) return
  const queues = await half.store.listQueues({ project: DEFAULT_PROJECT })
  const names = new Set([...queues.map(({ queue }) => queue), RUN_QUEUE])
  throw new ConfigError(
    `this store has no queue ${JSON.stringify(name)}.`,
    `It has ${[...names].join(', ')}. Nothing was changed; a queue begins with its first request, or with what is set of its policy.`,
  )
}
