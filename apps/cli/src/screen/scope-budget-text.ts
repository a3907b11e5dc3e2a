import { DEFAULT_PROJECT, type EngineEvent, type EpochMs } from '@halfrate/core'
import type { BudgetPeriod, BudgetScope, CapStand } from '@halfrate/core/budgets'
import { usdShort, usdText } from '@halfrate/core/money'
import { scopeObject } from '../scope/budget-scope.js'
import { instantText } from './time-text.js'

type BudgetEvent = Extract<
  EngineEvent,
  { readonly type: 'budget_warning' } | { readonly type: 'budget_used_up' }
>

/** Whose budget it is, for people. */
export function budgetScopeText(scope: BudgetScope): string {
  if (scope.type === 'account') return 'the account'
  const isOther = scope.project !== DEFAULT_PROJECT
  if (scope.type === 'project') return isOther ? `project ${scope.project}` : 'the project'
  const queue = isOther
    ? `queue ${scope.queue} of project ${scope.project}`
    : `queue ${scope.queue}`
  return scope.type === 'hedges' ? `hedging of ${queue}` : queue
}

/** What a cap counts, behind its amount. */
export function periodText(period: BudgetPeriod): string {
  return period === 'total' ? 'in all' : `a ${period}`
}

/** That the next request does not fit under a cap, and until when what does not fit waits. */
export function reachedText(stand: CapStand, now: EpochMs, timeZone?: string): string {
  const { scope, capNano, period, use, until } = stand
  const isHeld = use.heldNano > 0
  const ends = [
    ...(isHeld ? ['until what is under way has its cost'] : []),
    ...(until === null ? [] : [`until ${instantText(until, now, timeZone)}`]),
  ]
  const end = ends.length === 0 ? 'until the cap is raised' : ends.join(' or ')
  const held = isHeld ? ` and holds ${usdShort(use.heldNano)}` : ''
  return `${budgetScopeText(scope)} has paid ${usdShort(use.spentNano)}${held} of its budget of ${usdShort(capNano)} ${periodText(period)}: what does not fit waits ${end}`
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
    ...{ type: event.type, at: new Date(event.at).toISOString(), ...scopeObject(scope) },
    ...{ period, cap_usd: usdText(capNano) },
    ...{ spent_usd: usdText(spentNano), held_usd: usdText(heldNano) },
    until: until === null ? null : new Date(until).toISOString(),
  }
  if (event.type === 'budget_warning') return { ...object, share: event.share, message }
  const needed = event.neededNano === null ? null : usdText(event.neededNano)
  return { ...object, needed_usd: needed, message }
}
