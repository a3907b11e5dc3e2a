import { Draw } from '../chance/draw.js'
import type { Workload } from './workload.js'

const SHARE = 0.3
// What rows ask for, one more, as many digits more as may be.
const CAPS: readonly [number, ...number[]] = [600, 601, 4_000, 64_000]

/**
 * Lets the queues of some seeds raise the cap of what was cut off. From a draw of its own, so that the other seeds go as they
 * did.
 */
export function withRaisedCaps(seed: number, workload: Workload): Workload {
  const draw = new Draw(seed, `raised caps of ${workload.project}`)
  if (!draw.chance(SHARE)) return workload
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, raiseMaxTokensTo: draw.pick(CAPS) }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
