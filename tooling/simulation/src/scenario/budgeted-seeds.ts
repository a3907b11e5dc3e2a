import type { Budget, BudgetScope } from '@halfrate/core/budgets'
import { Draw } from '../chance/draw.js'

/** What queues, projects and the account may cost, until somebody takes it away. */
export type ScopeBudgets = readonly { readonly scope: BudgetScope; readonly budget: Budget }[]

/** The share of seeds that have budgets of UTC. */
export const BUDGETED_SHARE = 0.2

/** Whether a seed has budgets of UTC, by the first of the draws that its budgets are made with. */
export function hasDrawnBudgets(seed: number): boolean {
  return new Draw(seed, 'scope budgets').chance(BUDGETED_SHARE)
}
