import { ConfigError, DEFAULT_PROJECT, type QueueName, type QueueOverview } from '@halfrate/core'
import { flushByHand, type Halfrate } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { countOf } from '../screen/number-text.js'
import { queueFiguresOf } from '../screen/queue-figures.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { QueuesFlags } from './queues.js'

/**
 * Lets what waits in a queue go with the next batch, whatever its policy waits for.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function queuesFlush(name: string, flags: QueuesFlags): Promise<number> {
  const queue = queueFlag('<name>')(name)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const overview = await findQueue(half, queue)
  const { waiting } = queueFiguresOf(overview)
  if (waiting > 0) await flushByHand(half.store, DEFAULT_PROJECT, queue)
  const object = { type: 'queue_flushed', queue, waiting }
  const text =
    waiting === 0
      ? `nothing waits in queue ${queue}`
      : `${countOf(waiting, 'request')} of queue ${queue} ${waiting === 1 ? 'goes' : 'go'} with the next batch (halfrate work${storeFlag(place.store)})`
  printAnswer(flags.json, { object, lines: [text] })
  return EXIT.usable
}

async function findQueue({ store }: Halfrate, queue: QueueName): Promise<QueueOverview> {
  const overviews = await store.listQueues({ project: DEFAULT_PROJECT })
  const found = overviews.find((each) => each.queue === queue)
  if (found !== undefined) return found
  const names = overviews.map((each) => each.queue).join(', ')
  throw new ConfigError(
    `this store has no queue ${JSON.stringify(queue)}.`,
    names === '' ? 'It has none at all.' : `It has ${names}.`,
  )
}
