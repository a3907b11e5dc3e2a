import { ConfigError, type NanoUsd } from '@halfrate/core'
import { BUDGET_PERIODS, type BudgetPeriod, type BudgetScope } from '@halfrate/core/budgets'
import { usdText } from '@halfrate/core/money'
import { budgetStands, changeBudget, removeBudget } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { costCap, wholeNumber } from '../flags/parse-flag.js'
import { storeFlag } from '../run/self-command.js'
import { openExistingStore, type Place, placeOf } from '../run/store-options.js'
import {
  type BudgetScopeFlags,
  budgetScope,
  checkBudgetScope,
  scopeObject,
} from '../scope/budget-scope.js'
import { budgetObject } from '../screen/budgets-screen.js'
import { commandText } from '../screen/command-text.js'
import { budgetScopeText, periodText } from '../screen/scope-budget-text.js'
import type { CommandSettings } from '../settings/command-settings.js'
import { sameScope } from '../settings/read-budgets.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { BudgetsFlags } from './budgets.js'

/** Flags of `budgets set`. */
export interface BudgetsSetFlags extends BudgetsFlags, BudgetScopeFlags {
  readonly day?: string | undefined
  readonly month?: string | undefined
  readonly total?: string | undefined
  readonly timeZone?: string | undefined
  readonly warnAt?: string | undefined
}

/**
 * Sets caps of a queue, a project, or all that the account pays for; what is not named stays. Obeyed by the next batch of any worker.
 *
 * @throws {ConfigError} when nothing is named, something can't be used, or the store has no such queue or project.
 */
export async function budgetsSet(flags: BudgetsSetFlags): Promise<number> {
  const scope = budgetScope(flags)
  const changes = changesOf(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  const { store } = half
  await checkBudgetScope(half, scope)
  const budget = await changeBudget(store, scope, changes)
  const stands = await budgetStands(store, [scope], await store.now())
  const caps = (budget?.caps ?? []).map(
    ({ period, capNano }) => `$${usdText(capNano)} ${periodText(period)}`,
  )
  const declaredIn = declaredBudgetIn(flags.settings, scope)
  const text =
    budget === null
      ? 'no cap is left'
      : `at most ${caps.join(', ')}, by the clock of ${budget.timeZone}. What does not fit waits`
  printAnswer(flags.json, {
    object: { type: 'budget_set', budgets: stands.map(budgetObject), declared_in: declaredIn },
    lines: [`${budgetScopeText(scope)}: ${text}`, ...undoneLines(declaredIn, place)],
  })
  return EXIT.usable
}

/**
 * Takes all caps of a queue, a project, or the account, away.
 *
 * @throws {ConfigError} when the store has no such queue or project.
 */
export async function budgetsRemove(flags: BudgetsFlags & BudgetScopeFlags): Promise<number> {
  const scope = budgetScope(flags)
  const place = placeOf(flags)
  await using half = await openExistingStore(place)
  await checkBudgetScope(half, scope)
  const changed = await removeBudget(half.store, scope)
  const declaredIn = declaredBudgetIn(flags.settings, scope)
  const said = changed ? 'has no budget any more' : 'had no budget'
  printAnswer(flags.json, {
    object: { type: 'budget_removed', ...scopeObject(scope), changed, declared_in: declaredIn },
    lines: [`${budgetScopeText(scope)} ${said}`, ...undoneLines(declaredIn, place)],
  })
  return EXIT.usable
}

// The name of the config file that has a budget of a scope; null when there is none.
function declaredBudgetIn(
  settings: CommandSettings | undefined,
  scope: BudgetScope,
): string | null {
  const file = settings?.file ?? null
  const isDeclared = file?.budgets?.some((each) => sameScope(each.scope, scope)) === true
  return isDeclared ? file.name : null
}

function undoneLines(declaredIn: string | null, place: Place): readonly string[] {
  if (declaredIn === null) return []
  const apply = commandText('apply', storeFlag(place))
  return [`${declaredIn} has this budget: the next ${apply} sets it as it says there`]
}

function changesOf(flags: BudgetsSetFlags): Parameters<typeof changeBudget>[2] {
  const caps: Partial<Record<BudgetPeriod, NanoUsd | null>> = {}
  for (const period of BUDGET_PERIODS) {
    const text = flags[period]
    if (text === undefined) continue
    const cap = costCap(`--${period}`)(text)
    caps[period] = cap === 'none' ? null : cap
  }
  const { timeZone } = flags
  const share = wholeNumber('--warn-at', 1, 100)
  const warnAt = flags.warnAt?.split(',').map((text) => share(text.trim()))
  if (Object.keys(caps).length === 0 && timeZone === undefined && warnAt === undefined) {
    throw new ConfigError(
      'expected a cap to set, got nothing.',
      'Give --day, --month or --total an amount of dollars. Nothing was changed.',
    )
  }
  return { caps, timeZone, warnAt }
}
