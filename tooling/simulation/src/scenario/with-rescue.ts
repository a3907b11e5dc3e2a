import {
  DEFAULT_PROJECT,
  HOUR_MS,
  type IntakeRow,
  laneOf,
  MINUTE_MS,
  type NanoUsd,
  type QueuePolicy,
} from '@halfrate/core'
import { withDeadline } from '@halfrate/core/intake'
import { holdOf } from '@halfrate/core/money'
import type { RescueMode } from '@halfrate/core/routing'
import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { ScopeBudgets } from './budgeted-seeds.js'
import { SIM_PRICE_BOOK } from './prices.js'
import type { Workload } from './workload.js'

const SHARE = 0.5
const LATER_MS = 2 * HOUR_MS

/**
 * Has the queues of some workloads in which something is wanted by an instant call what a batch would likely bring too late. Not where a backup is
 * put back, as with all calls.
 */
export function withRescue(seed: number, workload: Workload, { rates }: FaultPlan): Workload {
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  if (rows.every(({ lane }) => laneOf(lane).deadlineAt === null)) return workload
  if (rates.has('restored') || !new Draw(seed, 'rescue').chance(SHARE)) return workload
  const rescue = drawMode(seed)
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, rescue }] as const,
  )
  const later = rescue === 'reroute' ? workload : wantedLater(workload)
  return { ...later, policies: new Map(policies) }
}

/** A workload of which nothing is called that is late. */
export function withoutRescue(workload: Workload): Workload {
  const policies = [...workload.policies].map(
    ([queue, policy]) => [queue, { ...policy, rescue: 'never' }] as const,
  )
  return { ...workload, policies: new Map(policies) }
}

// Of what is over when it is put in, no batch is late that could have been in time.
function wantedLater(workload: Workload): Workload {
  const changed = new Map<IntakeRow, IntakeRow>()
  for (const row of new Set(workload.deliveries.flatMap(({ rows }) => rows))) {
    const { deadlineAt } = row
    if (deadlineAt === null) continue
    changed.set(row, withDeadline({ ...row, deadlineAt: null }, deadlineAt + LATER_MS))
  }
  const deliveries = workload.deliveries.map((delivery) => ({
    ...delivery,
    rows: delivery.rows.map((row) => changed.get(row) ?? row),
  }))
  return { ...workload, deliveries }
}

// Hedging has most to it, and needs a batch that is late and room in a budget.
const MODES: readonly [RescueMode, ...RescueMode[]] = [
  'hedge',
  'reroute',
  'hedge',
  'cancel_batch_first',
]

function drawMode(seed: number): RescueMode {
  return new Draw(seed, 'rescue mode').pick(MODES)
}

/** Budgets of the hedges of a workload's queues, where they hedge: of less than one call up to some of them. */
export function drawHedgeBudgets(seed: number, { policies, deliveries }: Workload): ScopeBudgets {
  const draw = new Draw(seed, 'hedge budgets')
  const rows = deliveries.flatMap((delivery) => delivery.rows)
  const at = { at: 0, book: SIM_PRICE_BOOK, route: 'realtime' } as const
  const most = Math.max(1, ...rows.map((row) => holdOf({ ...row, ...at }) ?? 0))
  const hedging = [...policies].filter(([, { rescue }]) => rescue === 'hedge')
  return hedging.map(([queue]) => {
    const capNano = Math.ceil(most * draw.logUniform(0.5, 6)) as NanoUsd
    return {
      scope: { type: 'hedges', project: DEFAULT_PROJECT, queue },
      budget: {
        timeZone: 'UTC',
        caps: [{ period: draw.pick(['day', 'total']), capNano, warnAt: [] }],
      },
    }
  })
}

/** How long batches take: longer where some are to be late, so that there is something to rescue. */
export function turnaroundOf(
  seed: number,
  { policies }: Workload,
  usual: readonly [number, number],
): readonly [number, number] {
  const isSent = ({ rescue = 'never' }: Partial<QueuePolicy>): boolean =>
    rescue === 'hedge' || rescue === 'cancel_batch_first'
  if (![...policies.values()].some(isSent)) return usual
  const draw = new Draw(seed, 'late batches')
  if (draw.chance(0.2)) return usual
  return [draw.logWhole(10 * MINUTE_MS, HOUR_MS), draw.logWhole(2 * HOUR_MS, 10 * HOUR_MS)]
}
