import type { BudgetScope, BudgetUse, SealBudget } from '../model/budget.js'
import { budgetSetting } from '../model/budget.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import {
  countedAt,
  countedNano,
  isOfScope,
  NO_USE,
  plusUse,
  useOf,
} from '../policy/budgets/budget-use.js'
import { inScopeOrder } from '../policy/budgets/in-scope-order.js'
import { readSetting } from './settings.js'
import type { Tables } from './tables.js'

/** See {@link ReadStore.budgetUse}. */
export function budgetUse(
  tables: Tables,
  { scope, since }: Readonly<{ scope: BudgetScope; since: EpochMs }>,
): BudgetUse {
  let sum = NO_USE
  for (const submission of tables.submissions.all()) {
    if (!isOfScope(submission, scope) || countedAt(submission) < since) continue
    sum = plusUse(
      sum,
      useOf(submission, () => tables.attempts.ofSubmission(submission.id)),
    )
  }
  return sum
}

/** Whether a submission may be sealed under budgets: their documents still stand, and there is room for its hold. */
export function fitsBudgets(
  tables: Tables,
  { holdNano }: Pick<Submission, 'holdNano'>,
  budgets: readonly SealBudget[],
): boolean {
  return inScopeOrder(budgets).every(({ scope, version, caps }) => {
    const stored = readSetting(tables, budgetSetting(scope))
    if ((stored?.version ?? null) !== version) return false
    return caps.every(
      ({ since, capNano }) =>
        countedNano(budgetUse(tables, { scope, since })) + holdNano <= capNano,
    )
  })
}
