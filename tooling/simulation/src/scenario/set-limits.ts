import { DEFAULT_ACCOUNT, type Store } from '@halfrate/core'
import { type AccountLimits, accountLimitsSetting } from '@halfrate/core/line'
import { Draw } from '../chance/draw.js'
import type { Scenario } from './scenario.js'
import { setBudgets } from './scope-budgets.js'

const SHARE = 0.15

/** Sets what bounds the work of a scenario before anything is put in: its budgets, and how many requests may be in line at once. */
export async function setLimits(
  store: Store,
  scenario: Pick<Scenario, 'seed' | 'scopeBudgets' | 'workload'>,
): Promise<void> {
  await setBudgets(store, scenario.scopeBudgets)
  const enqueuedRequests = drawLineLimit(scenario)
  if (enqueuedRequests === null) return
  const value: AccountLimits = { enqueuedRequests }
  await store.putSetting({ ...accountLimitsSetting(DEFAULT_ACCOUNT), value, ifVersion: null })
}

// From a draw of its own, so that the other seeds go as they did. Never lifted: whatever waits for room ends all the same.
function drawLineLimit({ seed, workload }: Pick<Scenario, 'seed' | 'workload'>): number | null {
  const draw = new Draw(seed, 'line limit')
  if (!draw.chance(SHARE)) return null
  const rows = workload.deliveries.reduce((sum, delivery) => sum + delivery.rows.length, 0)
  return draw.logWhole(1, Math.max(2, rows))
}
