import { scopeObject } from '../scope/budget-scope.js'
import type { BudgetDrift, BudgetFieldDrift, BudgetsDrift } from '../settings/budget-drift.js'
import { budgetScopeText } from './scope-budget-text.js'

/** Where the budgets of a file and of a store differ: a line for each member. */
export function budgetDriftLines({ budgets, unnamed }: BudgetsDrift): readonly string[] {
  return [
    ...budgets.flatMap(differenceLines),
    ...unnamed.map(
      (scope) => `budget of ${budgetScopeText(scope)}: the file has none, the store has one`,
    ),
  ]
}

/** What was written of budgets, what was so already, and what the file does not name: a line for each. */
export function appliedBudgetLines(
  { budgets, unnamed }: BudgetsDrift,
  file: string,
): readonly string[] {
  return [
    ...budgets.map(appliedLine),
    ...unnamed.map(
      (scope) => `budget of ${budgetScopeText(scope)}: stays as it is, since ${file} has none`,
    ),
  ]
}

/** The same for programs; members have the names that a file would have, amounts are decimal text. */
export function budgetDriftObject({ budgets, unnamed }: BudgetsDrift): object {
  return {
    budgets: budgets.map(({ scope, state, fields }) => ({
      ...scopeObject(scope),
      state,
      differences: fields.map(({ field, file, store }) => ({ name: field, file, store })),
    })),
    budgets_not_in_file: unnamed.map(scopeObject),
  }
}

function differenceLines({ scope, state, fields }: BudgetDrift): readonly string[] {
  const of = `budget of ${budgetScopeText(scope)}`
  if (state === 'new') return [`${of}: the file has one, the store has none`]
  return fields.map(
    ({ field, file, store }) =>
      `${of}: ${field}: file says ${valueText(field, file)}, store has ${valueText(field, store)}`,
  )
}

function appliedLine({ scope, state, fields }: BudgetDrift): string {
  const of = `budget of ${budgetScopeText(scope)}`
  if (state === 'same') return `${of}: as the file says already`
  if (state === 'new') return `${of}: made`
  const changes = fields.map(
    ({ field, file, store }) =>
      `${field} ${valueText(field, file)} (was ${valueText(field, store)})`,
  )
  return `${of}: set ${changes.join(', ')}`
}

function valueText(field: BudgetFieldDrift['field'], value: BudgetFieldDrift['file']): string {
  if (value === null) return 'none'
  if (typeof value !== 'string') return value.length === 0 ? 'none' : value.join(',')
  return field === 'timeZone' || field === 'warnAt' ? value : `$${value}`
}
