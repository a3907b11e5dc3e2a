import type { EngineEvent, EpochMs } from '@halfrate/core'
import type { BudgetPeriod, BudgetScope, CapStand } from '@halfrate/core/budgets'
import { usdShort, usdText } from '@halfrate/core/money'
import { instantText } from './time-text.js'

type BudgetEvent = Extract<
  EngineEvent,
  { readonly type: 'budget_warning' } | { readonly type: 'budget_used_up' }
>

/** Whose budget it is, for people. */
export function budgetScopeText(scope: BudgetScope): string {
  if (scope.type === 'queue') return `queue ${scope.queue}`
  return scope.type === 'project' ? 'the project' : 'the account'
}

/** What a cap counts, behind its amount. */
export function periodText(period: BudgetPeriod): string {
  return period === 'total' ? 'in all' : `a ${period}`
}

/** That a cap was reached, and until when what does not fit waits. */
export function reachedText(stand: CapStand, now: EpochMs, timeZone?: string): string {
  const { scope, capNano, period, use, until } = stand
  const end =
    until === null ? 'until the cap is raised' : `until ${instantText(until, now, timeZone)}`
  return `${budgetScopeText(scope)} has paid ${usdShort(use.spentNano)} of its budget of ${usdShort(capNano)} ${periodText(period)}: what does not fit waits ${end}`
}

/** How far a budget is used up, in one line. */
export function budgetEventText(event: BudgetEvent, timeZone?: string): string {
  const { capNano, period, scope, spentNano, until, at } = event
  const budget = `${budgetScopeText(scope)}: ${usdShort(spentNano)} of the budget of ${usdShort(capNano)} ${periodText(period)}`
  if (event.type === 'budget_warning') return `${budget} is paid (${event.share} %)`
  const needed =
    event.neededNano === null
      ? 'has no known price'
      : `can cost up to ${usdShort(event.neededNano)}`
  const end = until === null ? 'a higher cap' : instantText(until, at, timeZone)
  return `${budget} is paid, and the next request ${needed}: what waits goes on with ${end}`
}

/** The same for programs. */
export function budgetEventObject(event: BudgetEvent, message: string): object {
  const { scope, period, capNano, spentNano, heldNano, until } = event
  const object = {
    ...{ type: event.type, at: new Date(event.at).toISOString(), scope: scope.type },
    ...{ queue: scope.type === 'queue' ? scope.queue : null, period, cap_usd: usdText(capNano) },
    ...{ spent_usd: usdText(spentNano), held_usd: usdText(heldNano) },
    until: until === null ? null : new Date(until).toISOString(),
  }
  if (event.type === 'budget_warning') return { ...object, share: event.share, message }
  const needed = event.neededNano === null ? null : usdText(event.neededNano)
  return { ...object, needed_usd: needed, message }
}
