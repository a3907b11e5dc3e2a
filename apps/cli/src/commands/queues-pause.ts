import { DEFAULT_PROJECT, type QueueName } from '@halfrate/core'
import { type PauseScope, pauseByHand, resumeByHand } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { checkQueue } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { QueuesFlags } from './queues.js'

/**
 * Holds back what a queue has not sent yet, until it is resumed. What is at Claude still comes home.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function queuesPause(
  name: string,
  flags: QueuesFlags & { readonly note?: string | undefined },
): Promise<number> {
  const queue = queueFlag('<name>')(name)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  await checkQueue(half, queue)
  const changed = await pauseByHand(half.store, scopeOf(queue), flags.note ?? null)
  const said = changed
    ? `queue ${queue} is paused; what is at Claude still comes home`
    : `queue ${queue} was paused already`
  const text = `${said}. ${commandText(`queues resume ${queue}`, storeFlag(place))} ends it`
  printAnswer(flags.json, { object: { type: 'queue_paused', queue, changed }, lines: [text] })
  return EXIT.usable
}

/**
 * Ends the pause of a queue.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function queuesResume(name: string, flags: QueuesFlags): Promise<number> {
  const queue = queueFlag('<name>')(name)
  await using half = await openExistingStore(placeOf(flags))
  await checkQueue(half, queue)
  const changed = await resumeByHand(half.store, scopeOf(queue))
  const text = changed ? `queue ${queue} goes on` : `queue ${queue} was not paused`
  printAnswer(flags.json, { object: { type: 'queue_resumed', queue, changed }, lines: [text] })
  return EXIT.usable
}

function scopeOf(queue: QueueName): PauseScope {
  return { type: 'queue', project: DEFAULT_PROJECT, queue }
}
