import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { Workload } from './workload.js'

const SHARE = 0.3
// Never too, so that a pause ends its request.
const TIMES: readonly [number, ...number[]] = [0, 1, 1, 2, 5]

/** Whether answers of a seed pause in the middle of a turn. */
export function hasPauses(seed: number): boolean {
  return new Draw(seed, 'pauses').chance(SHARE)
}

/** Has more answers of a seed with pauses be of no use, so that one request pauses several times. */
export function withMorePauses(seed: number, plan: FaultPlan): FaultPlan {
  if (!hasPauses(seed)) return plan
  const rate = new Draw(seed, 'more pauses').logUniform(0.1, 0.8)
  return { ...plan, rates: new Map(plan.rates).set('row_unusable', rate) }
}

/**
 * Lets the queues of the seeds with pauses go on after some of them. From a draw of its own, so that the other seeds go as
 * they did.
 */
export function withContinuedTurns(seed: number, workload: Workload): Workload {
  if (!hasPauses(seed)) return workload
  const draw = new Draw(seed, `continued turns of ${workload.project}`)
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, continueAtMost: draw.pick(TIMES) }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
