import { DAY_MS, HOUR_MS, type IntakeRow, laneOf, MINUTE_MS } from '@halfrate/core'
import { withDeadline } from '@halfrate/core/intake'
import { Draw } from '../chance/draw.js'
import type { Workload } from './workload.js'

/** Most requests in a batch of those that are wanted by an instant, in every queue that has any. */
export const DEADLINE_BATCH = 3

const SHARE = 0.2
// Over before they are put in, within any turnaround, at its edge, and a day away.
const AHEAD_MS: readonly [number, ...number[]] = [-HOUR_MS, 10 * MINUTE_MS, 2 * HOUR_MS, DAY_MS]

/**
 * Has some of the rows of some seeds wanted by one of two instants. From a draw of their own, so that the other seeds go as they did
 * without.
 */
export function withDeadlines(seed: number, workload: Workload, startAt: number): Workload {
  const draw = new Draw(seed, 'deadlines')
  if (!draw.chance(SHARE)) return workload
  const instants = [startAt + draw.pick(AHEAD_MS), startAt + draw.pick(AHEAD_MS)] as const
  const changed = new Map<IntakeRow, IntakeRow>()
  for (const row of new Set(workload.deliveries.flatMap(({ rows }) => rows))) {
    const isCall = laneOf(row.lane).route === 'realtime'
    if (!isCall && draw.chance(0.5)) changed.set(row, withDeadline(row, draw.pick(instants)))
  }
  const deliveries = workload.deliveries.map((delivery) => ({
    ...delivery,
    rows: delivery.rows.map((row) => changed.get(row) ?? row),
  }))
  return { ...workload, deliveries }
}

/** Has the queues of a workload in which something is wanted by an instant send that in small batches. */
export function withDeadlineBatches(workload: Workload): Workload {
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  if (rows.every(({ lane }) => laneOf(lane).deadlineAt === null)) return workload
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, deadlineBatchRequests: DEADLINE_BATCH }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
