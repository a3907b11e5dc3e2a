import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { OwnUnusable } from '../provider/row-reply.js'
import { hasPauses } from './continued-turns.js'
import type { Workload } from './workload.js'

const SHARE = 0.2
// That of the answers of such seeds, but for those of the wrong form.
const SCHEMA = { type: 'string' } as const

/** How answers of a seed are of no use, beside being cut off and refused. */
export function ownUnusableOf(seed: number): OwnUnusable {
  if (hasPauses(seed)) return 'paused'
  return new Draw(seed, 'forms').chance(SHARE) ? 'of_wrong_form' : 'empty'
}

/** Has more answers of a seed with forms be of no use, so that some are of the wrong form twice. */
export function withMoreOfWrongForm(seed: number, plan: FaultPlan): FaultPlan {
  if (ownUnusableOf(seed) !== 'of_wrong_form') return plan
  const rate = new Draw(seed, 'more of wrong form').logUniform(0.1, 0.8)
  return { ...plan, rates: new Map(plan.rates).set('row_unusable', rate) }
}

/** Has the queues of the seeds with forms ask for one. From a draw of its own, so that the other seeds go as they did. */
export function withForms(seed: number, workload: Workload): Workload {
  if (ownUnusableOf(seed) !== 'of_wrong_form') return workload
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, outputSchema: SCHEMA }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
