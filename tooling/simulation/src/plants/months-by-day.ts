import type { Budget } from '@halfrate/core/budgets'
import { changedBudgets } from './changed-budgets.js'
import type { Plant } from './plant.js'

/** What a month may cost, each of its days may cost. */
export const monthsByDay: Plant = {
  name: 'months_by_day',
  about: 'A month is reckoned as a day.',
  within: 900,
  view: (store) =>
    changedBudgets(
      store,
      (budget): Budget => ({
        ...budget,
        caps: budget.caps.map((cap) => (cap.period === 'month' ? { ...cap, period: 'day' } : cap)),
      }),
    ),
}
