import { Draw } from '../chance/draw.js'
import type { Workload } from './workload.js'

const SHARE = 0.25
const SIZES: readonly [number, ...number[]] = [1, 2, 3, 8]

/**
 * Has the queues of some seeds send the first rows of each job alone. From a draw of its own, so that the other seeds go as they
 * did.
 */
export function withCanaries(seed: number, workload: Workload): Workload {
  if (!new Draw(seed, 'canaries').chance(SHARE)) return workload
  const draw = new Draw(seed, `canaries of ${workload.project}`)
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, canary: draw.pick(SIZES) }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}
