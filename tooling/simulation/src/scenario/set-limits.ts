import { DEFAULT_ACCOUNT, type Store } from '@halfrate/core'
import { type AccountLimits, accountLimitsSetting } from '@halfrate/core/line'
import { Draw } from '../chance/draw.js'
import { type Scenario, workloadsOf } from './scenario.js'
import { setBudgets } from './scope-budgets.js'

const SHARE = 0.15

/** Sets what bounds the work of a scenario before anything is put in: its budgets, and how many requests may be in line at once. */
export async function setLimits(store: Store, scenario: Scenario): Promise<void> {
  await setBudgets(store, scenario.scopeBudgets)
  const enqueuedRequests = drawLineLimit(scenario)
  if (enqueuedRequests === null) return
  const value: AccountLimits = { enqueuedRequests }
  await store.putSetting({ ...accountLimitsSetting(DEFAULT_ACCOUNT), value, ifVersion: null })
}

// All that is put in stands in so many lines one after the other, at most; retries come on top.
const MOST_LINES = 6

/** How much longer a run may take since its batches wait for each other, by the longest that one runs. */
export function waitsForLineMs(scenario: Scenario): number {
  return drawLineLimit(scenario) === null ? 0 : 2 * MOST_LINES * scenario.turnaroundMs[1]
}

// From a draw of its own, so that the other seeds go as they did. Never lifted: whatever waits for room ends all the same.
function drawLineLimit(scenario: Scenario): number | null {
  const draw = new Draw(scenario.seed, 'line limit')
  if (!draw.chance(SHARE)) return null
  const deliveries = workloadsOf(scenario).flatMap((each) => each.deliveries)
  const rows = deliveries.reduce((sum, delivery) => sum + delivery.rows.length, 0)
  const least = Math.max(1, Math.ceil(rows / MOST_LINES))
  return draw.logWhole(least, Math.max(2, rows))
}
