import { DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import { flushByHand, type Halfrate } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { checkQueue } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
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
  await checkQueue(half, queue)
  const waiting = await waitingIn(half, queue)
  if (waiting > 0) await flushByHand(half.store, DEFAULT_PROJECT, queue)
  const object = { type: 'queue_flushed', queue, waiting }
  const text =
    waiting === 0
      ? `nothing waits in queue ${queue}`
      : `${countOf(waiting, 'request')} of queue ${queue} ${waiting === 1 ? 'goes' : 'go'} with the next batch (${commandText('work', storeFlag(place))})`
  printAnswer(flags.json, { object, lines: [text] })
  return EXIT.usable
}

// The queue of runs has no figures before the first of them.
async function waitingIn({ store }: Halfrate, queue: QueueName): Promise<number> {
  const overviews = await store.listQueues({ project: DEFAULT_PROJECT })
  const found = overviews.find((each) => each.queue === queue)
  return found === undefined ? 0 : queueFiguresOf(found).waiting
}
