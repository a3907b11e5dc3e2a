import type { Budget } from '@halfrate/core/budgets'
import { changedBudgets } from './changed-budgets.js'
import type { Plant } from './plant.js'

/** Days and months of a budget begin at midnight in UTC, wherever it is of. */
export const utcBudgets: Plant = {
  name: 'utc_budgets',
  about: 'The time zone of a budget is left out.',
  within: 300,
  view: (store) => changedBudgets(store, (budget): Budget => ({ ...budget, timeZone: 'UTC' })),
}
