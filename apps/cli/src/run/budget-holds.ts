import {
  DEFAULT_PROJECT,
  type EpochMs,
  laneOf,
  type NanoUsd,
  type QueueName,
  type WaitingGroup,
} from '@halfrate/core'
import { type CapStand, isOfScope, leftUnder } from '@halfrate/core/budgets'
import { holdOf } from '@halfrate/core/money'
import { budgetStands, type Halfrate } from '@halfrate/runtime'
import { budgetScopesOf } from '../scope/budget-scope.js'
import { dueGroups } from './queue-waits.js'

type Look = Pick<Halfrate, 'store' | 'prices' | 'clock'>

/**
 * The caps under which the next request of a queue does not fit, now: found by looking at what waits, as planning would, and
 * not at what was noted of it earlier. What waits for the time of its queue does not wait for a budget.
 */
export async function holdingCaps(
  half: Look,
  queues: readonly QueueName[],
  now: EpochMs,
): Promise<readonly CapStand[]> {
  const stands = await budgetStands(half.store, budgetScopesOf(queues), now)
  const holding = new Set<CapStand>()
  for (const queue of stands.length === 0 ? [] : queues) {
    for (const group of await dueGroups(half, queue, now)) {
      const { account, lane } = group
      const place = { project: DEFAULT_PROJECT, account, queue, lane }
      const over = stands.filter(({ scope }) => isOfScope(place, scope))
      if (over.length === 0) continue
      const needed = await neededBy(half, queue, group)
      if (needed === undefined) continue
      for (const cap of over) {
        if (needed === null || (leftUnder([cap]) ?? 0) < needed) holding.add(cap)
      }
    }
  }
  return stands.filter((stand) => holding.has(stand))
}

// What the first request of a group can cost; null when that is not known, undefined where none waits any more.
async function neededBy(
  { store, prices: book, clock }: Look,
  queue: QueueName,
  { account, lane, batchLimit, maxId }: WaitingGroup,
): Promise<NanoUsd | null | undefined> {
  const place = { project: DEFAULT_PROJECT, queue, account, lane, batchLimit, maxId }
  const [first] = await store.readWaiting({ ...place, limit: 1 })
  if (first === undefined) return undefined
  return holdOf({ ...first, at: clock.now(), book, route: laneOf(lane).route })
}
