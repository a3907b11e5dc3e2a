import {
  ConfigError,
  DEFAULT_PROJECT,
  type EpochMs,
  type QueuePolicy,
  RUN_QUEUE,
} from '@halfrate/core'
import { checkQueuePolicy, type PolicyChanges, writeQueuePolicy } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { queueFlag } from '../flags/queue-flag.js'
import { policyChanges, type QueuePolicyFlags } from '../flags/queue-policy-flags.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { knownQueues, queueText } from '../scope/known-queue.js'
import { commandText } from '../screen/command-text.js'
import { policyObject } from '../screen/queue-object.js'
import { policyText } from '../screen/queues-screen.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { QueuesFlags } from './queues.js'

// One that can't be read, or never occurs, would hold the queue up without end.
function checkSchedule({ flush }: PolicyChanges, now: EpochMs): void {
  if (flush !== undefined && 'schedule' in flush) {
    checkQueuePolicy({ flush: flush as QueuePolicy['flush'] }, now)
  }
}

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
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store, prices: book } = half
  checkSchedule(changes, await store.now())
  const known = await knownQueues(half)
  const isNew = !known.has(queue)
  const policy = await writeQueuePolicy({ store, project: DEFAULT_PROJECT, queue, changes, book })
  const file = flags.settings?.file ?? null
  const isDeclared = queue !== RUN_QUEUE && file?.queues?.has(queue) === true
  const declaredIn = isDeclared ? file.name : null
  const object = { type: 'queue_set', queue, new: isNew, policy: policyObject(policy) }
  const line = `${queueText(queue, known)}: ${policyText(policy)}`
  const undone = `${declaredIn} declares this queue: the next ${commandText('apply', storeFlag(place))} sets it as it says there`
  printAnswer(flags.json, {
    object: { ...object, declared_in: declaredIn },
    lines: declaredIn === null ? [line] : [line, undone],
  })
  return EXIT.usable
}
