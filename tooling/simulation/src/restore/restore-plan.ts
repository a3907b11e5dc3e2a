import type { AfterAbsence } from '@halfrate/core'
import { HOUR_MS, MINUTE_MS } from '@halfrate/core'
import { Draw } from '../chance/draw.js'
import type { Scenario } from '../scenario/scenario.js'
import { withoutRealtime } from '../scenario/with-realtime.js'
import { withoutRescue } from '../scenario/with-rescue.js'
import { withoutRollout } from '../scenario/with-rollout.js'

/** How a backup is put back in a run. */
export interface RestorePlan {
  /** What workers do when they find that nobody was there for long. */
  readonly afterAbsence: AfterAbsence
}

/** Draws whether a backup is put back in a run, from a draw of its own; null for most. */
export function drawRestore(
  { seed, plan }: Scenario,
  without: readonly string[],
): RestorePlan | null {
  if (!plan.rates.has('restored') || without.some((name) => name.startsWith('restored')))
    return null
  return { afterAbsence: new Draw(seed, 'after absence').pick(['wait', 'wait', 'send']) }
}

/**
 * A run with batches that take long: one that runs on after the restore can't be told from a stranger's until it ends,
 * and that is what is dangerous. And without calls in real time: of those that were made after a backup nothing ever tells.
 */
export function withLongBatches(scenario: Scenario): Scenario {
  const shortest = new Draw(scenario.seed, 'long').logWhole(5 * MINUTE_MS, 4 * HOUR_MS)
  const workload = withoutRescue(withoutRollout(withoutRealtime(scenario.workload)))
  const neighbour = scenario.neighbour === null ? null : withoutRescue(scenario.neighbour)
  return { ...scenario, workload, neighbour, turnaroundMs: [shortest, 3 * shortest] }
}
