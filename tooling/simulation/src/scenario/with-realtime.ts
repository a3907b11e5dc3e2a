import { type IntakeRow, laneKey, laneOf, type Route } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import type { FaultPlan } from '../faults/fault-plan.js'
import type { Workload } from './workload.js'

const SHARE = 0.2

/**
 * Has some of the rows of some seeds answered in real time. From a draw of their own, so that the other seeds go as they did
 * without. Not where a backup is put back: calls made after it are in no list, and nothing ever tells of them.
 */
export function withRealtime(seed: number, workload: Workload, plan: FaultPlan): Workload {
  const draw = new Draw(seed, 'in real time')
  if (!draw.chance(SHARE) || plan.rates.has('restored')) return workload
  const share = draw.pick([0.2, 0.5, 1] as const)
  return withRoutes(workload, (row) => (draw.chance(share) ? 'realtime' : laneOf(row.lane).route))
}

/** The same rows, all of them in batches: for a run in which a backup is put back whatever its seed draws. */
export function withoutRealtime(workload: Workload): Workload {
  return withRoutes(workload, () => 'batch')
}

function withRoutes(workload: Workload, routeOf: (row: IntakeRow) => Route): Workload {
  const changed = new Map<IntakeRow, IntakeRow>()
  for (const row of new Set(workload.deliveries.flatMap(({ rows }) => rows))) {
    const lane = laneKey({ ...laneOf(row.lane), route: routeOf(row) })
    if (lane !== row.lane) changed.set(row, { ...row, lane })
  }
  const deliveries = workload.deliveries.map((delivery) => ({
    ...delivery,
    rows: delivery.rows.map((row) => changed.get(row) ?? row),
  }))
  return { ...workload, deliveries }
}
