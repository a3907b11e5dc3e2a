import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { Workload } from './workload.js'

const SHARE = 0.12
const PERCENTS: readonly [number, ...number[]] = [0, 10, 50, 90]

/**
 * Has the queues of some seeds send a part of what is enqueued in batches, and the rest in real time, or go by the rules. From a draw
 * of its own, so that the other seeds go as they did. Not where a backup is put back, as with all calls.
 */
export function withRollout(seed: number, workload: Workload, { rates }: FaultPlan): Workload {
  const draw = new Draw(seed, `rollout of ${workload.project}`)
  if (!draw.chance(SHARE) || rates.has('restored')) return workload
  const policies = [...workload.policies].map(([queue, policy]) => {
    const isByRules = draw.chance(0.5)
    const routing = isByRules ? ('rules' as const) : ('asked' as const)
    const batchPercent = isByRules ? 100 : draw.pick(PERCENTS)
    return [queue, { ...policy, routing, batchPercent }] as const
  })
  return { ...workload, policies: new Map(policies) }
}

/** The same queues, all of whose requests go in batches unless they ask for something else. */
export function withoutRollout(workload: Workload): Workload {
  const policies = [...workload.policies].map(
    ([queue, policy]) =>
      [queue, { ...policy, routing: 'asked', whenFew: 'batch', batchPercent: 100 }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
