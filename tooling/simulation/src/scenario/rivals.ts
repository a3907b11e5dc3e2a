import type { IntakeRow, NanoUsd, QueueName, QueuePolicy } from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { Draw } from '../chance/draw.js'
import { SIM_PRICE_BOOK } from './prices.js'
import type { Workload } from './workload.js'

const SHARE = 0.15
const AT_ONCE = { count: 10_000, bytes: 200_000_000, ageMs: 0 }

/**
 * Has the queues of some seeds get all of their work at one moment, and send it at once, under a budget of the account which
 * what any one queue may cost fits, and all together do not. Else two hardly ever seal at the same time.
 */
export function withRivals(seed: number, workload: Workload): Workload {
  if (!isOfRivals(seed, workload)) return workload
  const deliveries = workload.deliveries.map((delivery) => ({ ...delivery, atMs: 0 }))
  const policies = new Map<QueueName, Partial<QueuePolicy>>()
  for (const [queue, policy] of workload.policies)
    policies.set(queue, { ...policy, flush: AT_ONCE })
  return { ...workload, deliveries, policies }
}

/** What rivals may cost together; null where there are none. */
export function capOfRivals(seed: number, workload: Workload): NanoUsd | null {
  return isOfRivals(seed, workload) ? (dearestQueue(workload) as NanoUsd) : null
}

function isOfRivals(seed: number, { deliveries }: Workload): boolean {
  const queues = new Set(deliveries.map(({ queue }) => queue))
  return queues.size > 1 && new Draw(seed, 'rivals').chance(SHARE)
}

function dearestQueue({ deliveries }: Workload): number {
  const sums = new Map<QueueName, number>()
  for (const { queue, rows } of deliveries) {
    const sum = rows.reduce((total, row) => total + holdOfRow(row), 0)
    sums.set(queue, (sums.get(queue) ?? 0) + sum)
  }
  return Math.max(1, ...sums.values())
}

function holdOfRow(row: IntakeRow): number {
  return holdOf({ ...row, at: 0, book: SIM_PRICE_BOOK }) ?? 0
}
