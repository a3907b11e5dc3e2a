import { ConfigError, DEFAULT_ACCOUNT, DEFAULT_PROJECT, type NanoUsd } from '@halfrate/core'
import { BUDGET_PERIODS, type BudgetPeriod, type BudgetScope } from '@halfrate/core/budgets'
import { usdText } from '@halfrate/core/money'
import { budgetStands, changeBudget, removeBudget } from '@halfrate/runtime'
import { EXIT } from '../exit-code.js'
import { costCap, wholeNumber } from '../flags/parse-flag.js'
import { queueFlag } from '../flags/queue-flag.js'
import { openExistingStore, placeOf } from '../run/store-options.js'
import { checkQueue } from '../scope/known-queue.js'
import { budgetObject } from '../screen/budgets-screen.js'
import { budgetScopeText, periodText } from '../screen/scope-budget-text.js'
import { printAnswer } from '../terminal/print-answer.js'
import type { BudgetsFlags } from './budgets.js'

/** Flags of `budgets set`. */
export interface BudgetsSetFlags extends BudgetsFlags {
  readonly queue?: string | undefined
  readonly day?: string | undefined
  readonly month?: string | undefined
  readonly total?: string | undefined
  readonly timeZone?: string | undefined
  readonly warnAt?: string | undefined
}

/**
 * Sets caps of a queue, or of all that the account pays for; what is not named stays. Obeyed by the next batch of any worker.
 *
 * @throws {ConfigError} when nothing is named, something can't be used, or the store has no such queue.
 */
export async function budgetsSet(flags: BudgetsSetFlags): Promise<number> {
  const scope = scopeOf(flags)
  const changes = changesOf(flags)
  await using half = await openExistingStore(placeOf(flags))
  const { store } = half
  if (scope.type === 'queue') await checkQueue(half, scope.queue)
  const budget = await changeBudget(store, scope, changes)
  const stands = await budgetStands(store, [scope], await store.now())
  const caps = (budget?.caps ?? []).map(
    ({ period, capNano }) => `$${usdText(capNano)} ${periodText(period)}`,
  )
  const text =
    budget === null
      ? 'no cap is left'
      : `at most ${caps.join(', ')}, by the clock of ${budget.timeZone}. What does not fit waits`
  printAnswer(flags.json, {
    object: { type: 'budget_set', budgets: stands.map(budgetObject) },
    lines: [`${budgetScopeText(scope)}: ${text}`],
  })
  return EXIT.usable
}

/**
 * Takes all caps of a queue, or of the account, away.
 *
 * @throws {ConfigError} when the store has no such queue.
 */
export async function budgetsRemove(
  flags: BudgetsFlags & { readonly queue?: string | undefined },
): Promise<number> {
  const scope = scopeOf(flags)
  await using half = await openExistingStore(placeOf(flags))
  if (scope.type === 'queue') await checkQueue(half, scope.queue)
  const changed = await removeBudget(half.store, scope)
  const queue = scope.type === 'queue' ? scope.queue : null
  const said = changed ? 'has no budget any more' : 'had no budget'
  printAnswer(flags.json, {
    object: { type: 'budget_removed', scope: scope.type, queue, changed },
    lines: [`${budgetScopeText(scope)} ${said}`],
  })
  return EXIT.usable
}

function scopeOf({ queue }: { readonly queue?: string | undefined }): BudgetScope {
  return queue === undefined
    ? { type: 'account', account: DEFAULT_ACCOUNT }
    : { type: 'queue', project: DEFAULT_PROJECT, queue: queueFlag('--queue')(queue) }
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
