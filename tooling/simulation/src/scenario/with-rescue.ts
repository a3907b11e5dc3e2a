import { laneOf } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { Workload } from './workload.js'

const SHARE = 0.5

/**
 * Has the queues of some workloads in which something is wanted by an instant call what a batch would likely bring too late. Not where a backup is
 * put back, as with all calls.
 */
export function withRescue(seed: number, workload: Workload, { rates }: FaultPlan): Workload {
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  if (rows.every(({ lane }) => laneOf(lane).deadlineAt === null)) return workload
  if (rates.has('restored') || !new Draw(seed, 'rescue').chance(SHARE)) return workload
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, rescue: 'reroute' as const }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
