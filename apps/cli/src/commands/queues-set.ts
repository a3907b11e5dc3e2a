import { ConfigError, DEFAULT_PROJECT } from '@halfrate/core'
import { writeQueuePolicy } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { policyChanges, type QueuePolicyFlags } from '../flags/queue-policy-flags.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { isKnownQueue } from '../scope/known-queue.js'
import { policyObject } from '../screen/queue-object.js'
import { policyText } from '../screen/queues-screen.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { QueuesFlags } from './queues.js'

/** Flags of `queues set`. */
export interface QueuesSetFlags extends QueuesFlags, QueuePolicyFlags {}

/**
 * Sets members of a queue's policy and says the whole, and whether the queue is new by it.
 *
 * @throws {ConfigError} when no member is named, or one can't be used.
 */
export async function queuesSet(name: string, flags: QueuesSetFlags): Promise<number> {
  const queue = queueFlag('<name>')(name)
  const changes = policyChanges(flags)
  if (Object.keys(changes).length === 0) {
    throw new ConfigError(
      'expected something to set, got nothing.',
      'halfrate queues set --help lists what there is. Nothing was changed.',
    )
  }
  await using half = await openExistingStore(placeOf(flags))
  const { store } = half
  const isNew = !(await isKnownQueue(half, queue))
  const policy = await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes })
  const object = { type: 'queue_set', queue, new: isNew, policy: policyObject(policy) }
  printAnswer(flags.json, {
    object,
    lines: [`${isNew ? 'new ' : ''}queue ${queue}: ${policyText(policy)}`],
  })
  return EXIT.usable
}
