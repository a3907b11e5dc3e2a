import { DEFAULT_ACCOUNT, DEFAULT_PROJECT, type NanoUsd, type Store } from '@halfrate/core'
import { BUDGET_PERIODS, type BudgetScope, budgetSetting } from '@halfrate/core/budgets'
import { holdOf } from '@halfrate/core/money'
import { Draw } from '../chance/draw.js'
import { BUDGETED_SHARE, type ScopeBudgets } from './budgeted-seeds.js'
import { SIM_PRICE_BOOK } from './prices.js'
import { capOfRivals } from './rivals.js'
import type { Workload } from './workload.js'
import { zonedBudgets } from './zoned-budgets.js'

/**
 * Draws budgets for some seeds, each of a few requests' holds up to more than all of them. From a draw of their own, so that
 * the other seeds go as they did without.
 */
export function drawScopeBudgets(seed: number, workload: Workload): ScopeBudgets {
  const ofRivals = capOfRivals(seed, workload)
  if (ofRivals !== null) return [accountBudget(ofRivals)]
  const draw = new Draw(seed, 'scope budgets')
  if (!draw.chance(BUDGETED_SHARE)) return zonedBudgets(seed, workload)
  const rows = workload.deliveries.flatMap((delivery) => delivery.rows)
  const holds = rows.map((row) => holdOf({ ...row, at: 0, book: SIM_PRICE_BOOK }) ?? 0)
  const most = Math.max(1, ...holds)
  const queues = [...new Set(workload.deliveries.map(({ queue }) => queue))]
  const project = DEFAULT_PROJECT
  const scopes: readonly BudgetScope[] = [
    { type: 'account', account: DEFAULT_ACCOUNT },
    { type: 'project', project },
    ...queues.map((queue) => ({ type: 'queue', project, queue }) as const),
  ]
  return scopes
    .filter(() => draw.chance(0.5))
    .map((scope) => {
      const periods = BUDGET_PERIODS.filter((period) => period !== 'month' && draw.chance(0.6))
      const caps = periods.map((period) => {
        const capNano = Math.ceil(most * draw.logUniform(0.5, rows.length * 1.5)) as NanoUsd
        return { period, capNano, warnAt: [50] }
      })
      return { scope, budget: { timeZone: 'UTC', caps } }
    })
}

function accountBudget(capNano: NanoUsd): ScopeBudgets[number] {
  const caps = [{ period: 'total' as const, capNano, warnAt: [50] }]
  return {
    scope: { type: 'account', account: DEFAULT_ACCOUNT },
    budget: { timeZone: 'UTC', caps },
  }
}

/** Sets them before anything is put in. */
export async function setBudgets(store: Store, budgets: ScopeBudgets): Promise<void> {
  for (const { scope, budget } of budgets) {
    await store.putSetting({ ...budgetSetting(scope), value: budget, ifVersion: null })
  }
}

/** Takes them away, so that what waits for them can end. Nothing waits for those of hedges. */
export async function liftBudgets(store: Store, budgets: ScopeBudgets): Promise<void> {
  for (const { scope } of budgets) {
    if (scope.type === 'hedges') continue
    const name = budgetSetting(scope)
    const stored = await store.getSetting(name)
    if (stored === null) continue
    await store.putSetting({ ...name, value: null, ifVersion: stored.version })
  }
}
