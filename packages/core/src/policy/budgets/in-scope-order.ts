import { budgetSetting, type SealBudget } from '../../model/budget.js'

/** Budgets in the order in which every step locks their documents, so that no two wait for each other. */
export function inScopeOrder(budgets: readonly SealBudget[]): readonly SealBudget[] {
  const keyOf = ({ scope }: SealBudget): string => {
    const setting = budgetSetting(scope)
    return JSON.stringify([setting.scope, setting.name])
  }
  return [...budgets].sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1))
}
