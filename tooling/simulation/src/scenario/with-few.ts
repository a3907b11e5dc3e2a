import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { Delivery, Workload } from './workload.js'

const SHARE = 0.06
const FEW_A_DAY: readonly [number, ...number[]] = [1, 3, 10]
// Callers are done with what they have well before things stop going wrong.
const SPREAD = 0.6

/**
 * Has the queues of some seeds call what comes alone while there are few, and has loose requests come one by one. From a draw of its own,
 * so that the other seeds go as they did. Not where a backup is put back, as with all calls.
 */
export function withFew(
  seed: number,
  workload: Workload,
  { plan: { rates }, busyMs }: { readonly plan: FaultPlan; readonly busyMs: number },
): Workload {
  const draw = new Draw(seed, `few of ${workload.project}`)
  if (!draw.chance(SHARE) || rates.has('restored')) return workload
  const few = { routing: 'rules', whenFew: 'realtime', batchPercent: 100 } as const
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, ...few, fewADay: draw.pick(FEW_A_DAY) }] as const,
  )
  const spreadMs = Math.floor(SPREAD * busyMs)
  const deliveries = workload.deliveries.flatMap((each) =>
    each.job === null ? oneByOne(each, spreadMs) : [each],
  )
  return { ...workload, policies: new Map(policies), deliveries }
}

function oneByOne(delivery: Delivery, spreadMs: number): readonly Delivery[] {
  const { rows, atMs } = delivery
  return rows.map((row, index) => ({
    ...delivery,
    rows: [row],
    atMs: atMs + Math.floor((spreadMs * index) / rows.length),
  }))
}
