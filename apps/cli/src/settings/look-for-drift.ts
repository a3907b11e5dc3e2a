import { DEFAULT_PROJECT, type QueueName, type QueuePolicy, RUN_QUEUE } from '@halfrate/core'
import type { Halfrate, PolicyChanges } from '@halfrate/runtime'
import { readPolicy } from '../run/read-policy.js'
import { type Drift, driftOf } from './queue-drift.js'

/** Compares the queues of a file with those of a store. Changes nothing. */
export async function lookForDrift(
  half: Halfrate,
  declared: ReadonlyMap<QueueName, PolicyChanges>,
): Promise<Drift> {
  const overviews = await half.store.listQueues({ project: DEFAULT_PROJECT })
  const stored = new Map<QueueName, QueuePolicy>()
  for (const queue of new Set([...overviews.map((each) => each.queue), RUN_QUEUE])) {
    stored.set(queue, await readPolicy(half, queue))
  }
  return driftOf(declared, stored)
}
