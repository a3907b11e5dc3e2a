import type { EpochMs, NanoUsd } from '@halfrate/core'
import { type BudgetScope, type CapStand, leftUnder } from '@halfrate/core/budgets'
import { usdShort, usdText } from '@halfrate/core/money'
import { scopeObject } from '../scope/budget-scope.js'
import type { BudgetsDrift } from '../settings/budget-drift.js'
import { sameScope } from '../settings/read-budgets.js'
import { commandText } from './command-text.js'
import { flow } from './flow.js'
import { type Line, span } from './line.js'
import { budgetScopeText, periodText } from './scope-budget-text.js'
import { instantInFull } from './time-text.js'

/** What is known of the budgets of a store. */
export interface BudgetsFacts {
  readonly now: EpochMs
  readonly store: string
  /** ` --store FILE` for commands that are shown; empty for the usual place. */
  readonly storeFlag: string
  readonly stands: readonly CapStand[]
  /** What the config file of the folder says of budgets, against the store; null where it does not speak of them. */
  readonly said: ConfiguredBudgets | null
}

/** A config file that speaks of budgets, and how the store differs from it. */
export interface ConfiguredBudgets {
  readonly file: string
  readonly drift: BudgetsDrift
}

/** Whether a budget is as the config file says: `same`, `differs`, or `not_named` there; null where the file speaks of none. */
export function configOf(
  said: ConfiguredBudgets | null,
  scope: BudgetScope,
): 'same' | 'differs' | 'not_named' | null {
  if (said === null) return null
  const named = said.drift.budgets.find((each) => sameScope(each.scope, scope))
  if (named === undefined) return 'not_named'
  return named.state === 'same' ? 'same' : 'differs'
}

/** Every cap at a glance: what is paid of it, what is held, what is left, and until when. */
export function budgetsScreen(facts: BudgetsFacts, width: number): readonly Line[] {
  const { store, storeFlag, stands, said } = facts
  const lines = [...flow([[span('store '), span(store, 'bold')]], { width, hang: 7 })]
  for (const stand of stands) {
    const cells = [...cellsOf(stand), ...originCells(said, stand.scope)]
    lines.push(...flow(cells, { width, hang: 5 }))
  }
  const missing = said?.drift.budgets.filter(({ state }) => state === 'new') ?? []
  for (const { scope } of missing) {
    const how = `${commandText('apply', storeFlag)} writes what ${said?.file} says of it`
    const cells = [[span(budgetScopeText(scope), 'bold')], [span('no budget yet')], [span(how)]]
    lines.push(...flow(cells, { width, hang: 5 }))
  }
  if (stands.length + missing.length > 0) return lines
  const none = `no budgets yet: ${commandText('budgets set --month 500', storeFlag)} sets one for all queues`
  return [...lines, ...flow([[span(none)]], { width })]
}

/** One cap for programs. */
export function budgetObject(stand: CapStand): object {
  const { scope, period, timeZone, capNano, warnAt, use, since, until } = stand
  return {
    ...{ ...scopeObject(scope), period },
    ...{ time_zone: timeZone, cap_usd: usdText(capNano), spent_usd: usdText(use.spentNano) },
    ...{ held_usd: usdText(use.heldNano), left_usd: usdText(leftOf(stand)), warn_at: warnAt },
    since: period === 'total' ? null : new Date(since).toISOString(),
    until: until === null ? null : new Date(until).toISOString(),
  }
}

function cellsOf(stand: CapStand): readonly Line[] {
  const { scope, period, timeZone, capNano, use, until } = stand
  const left = leftOf(stand)
  const cells: Line[] = [
    [span(budgetScopeText(scope), 'bold')],
    [span(`${usdShort(capNano)} ${periodText(period)}`)],
    [span(`paid ${usdShort(use.spentNano)}`)],
  ]
  if (use.heldNano > 0) cells.push([span(`held ${usdShort(use.heldNano)}`)])
  cells.push([span(`left ${usdShort(left)}`, left === 0 ? 'yellow' : undefined)])
  if (until !== null)
    cells.push([span(`until ${instantInFull(until, timeZone)} ${timeZone}`, 'dim')])
  return cells
}

// Where a budget comes from can be told only where a file could say it.
function originCells(said: ConfiguredBudgets | null, scope: BudgetScope): readonly Line[] {
  const config = configOf(said, scope)
  if (config === null) return []
  if (config === 'same') return [[span(`as ${said?.file} says`, 'dim')]]
  if (config === 'differs') return [[span(`not as ${said?.file} says`, 'yellow')]]
  return [[span(`set by hand: ${said?.file} has none`, 'dim')]]
}

function leftOf(stand: CapStand): NanoUsd {
  return (leftUnder([stand]) ?? 0) as NanoUsd
}
