import type { EpochMs, NanoUsd } from '@halfrate/core'
import { type CapStand, leftUnder } from '@halfrate/core/budgets'
import { usdShort, usdText } from '@halfrate/core/money'
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
}

/** Every cap at a glance: what is paid of it, what is held, what is left, and until when. */
export function budgetsScreen(facts: BudgetsFacts, width: number): readonly Line[] {
  const { store, storeFlag, stands } = facts
  const lines = [...flow([[span('store '), span(store, 'bold')]], { width, hang: 7 })]
  for (const stand of stands) lines.push(...flow(cellsOf(stand), { width, hang: 5 }))
  if (stands.length > 0) return lines
  const none = `no budgets yet: ${commandText('budgets set --month 500', storeFlag)} sets one for all queues`
  return [...lines, ...flow([[span(none)]], { width })]
}

/** One cap for programs. */
export function budgetObject(stand: CapStand): object {
  const { scope, period, timeZone, capNano, warnAt, use, since, until } = stand
  return {
    ...{ scope: scope.type, queue: scope.type === 'queue' ? scope.queue : null, period },
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

function leftOf(stand: CapStand): NanoUsd {
  return (leftUnder([stand]) ?? 0) as NanoUsd
}
