/**
 * Budgets of queues, projects and accounts: their documents, what counts against them, and their periods. All of it is pure;
 * amounts are whole nano-dollars.
 */

export {
  BUDGET_PERIODS,
  type Budget,
  type BudgetCap,
  type BudgetPeriod,
  type BudgetScope,
  type BudgetTold,
  type BudgetUse,
  budgetSetting,
  budgetToldSetting,
  type SealBudget,
} from '../../model/budget.js'
export {
  countedAt,
  countedNano,
  isOfScope,
  NO_USE,
  plusUse,
  type UseFigure,
  useFigureOf,
  useOf,
  useOfAttempts,
} from './budget-use.js'
export { type CapStand, isReached, leftUnder, shareReached } from './cap-stand.js'
export { cutToRoom, type RoomCut } from './cut-to-room.js'
export { inScopeOrder } from './in-scope-order.js'
export { type PeriodSpan, periodAt, type SlotSource } from './period-at.js'
export { type BudgetPlaces, inForceText, isUnpriced, scopesOver } from './unpriced.js'
