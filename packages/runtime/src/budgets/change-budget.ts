import { ConfigError, type NanoUsd, type Store } from '@halfrate/core'
import {
  BUDGET_PERIODS,
  type Budget,
  type BudgetCap,
  type BudgetPeriod,
  type BudgetScope,
  budgetSetting,
} from '@halfrate/core/budgets'
import { changeSetting } from '../change-setting.js'
import { nameProject } from '../projects/named-projects.js'

/** The share of a cap, in percent, at which it is told unless something else is said. */
export const DEFAULT_WARN_AT: readonly number[] = [80]

/** What to set of a budget. What is left out stays. */
export interface BudgetChanges {
  /** New caps by period; null takes one away. */
  readonly caps: Readonly<Partial<Record<BudgetPeriod, NanoUsd | null>>>
  /** Where days and months begin. Default UTC. */
  readonly timeZone?: string | undefined
  /** Shares, in percent, at which it is told that so much of a cap is paid, of every cap. Default 80. */
  readonly warnAt?: readonly number[] | undefined
}

/**
 * Sets members of a budget, for all workers on the store at once: what is sealed from then on is sealed under it. Answers the
 * whole; null when no cap is left.
 *
 * @throws {ConfigError} when there is no such time zone, or a share is none.
 */
export async function changeBudget(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  scope: BudgetScope,
  changes: BudgetChanges,
): Promise<Budget | null> {
  if (changes.timeZone !== undefined) checkTimeZone(changes.timeZone)
  checkShares(changes.warnAt ?? [])
  if (scope.type !== 'account') await nameProject(store, scope.project)
  let after: Budget | null = null
  await changeSetting(store, budgetSetting(scope), (value) => {
    const before = value as Budget | null
    after = budgetAfter(before, changes)
    return JSON.stringify(after) === JSON.stringify(before) ? null : { value: after }
  })
  return after
}

/** Sets a budget as a whole: what it has not, the scope has not either. Answers whether anything was changed. */
export async function writeBudget(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  scope: BudgetScope,
  budget: Budget,
): Promise<boolean> {
  if (scope.type !== 'account') await nameProject(store, scope.project)
  return await changeSetting(store, budgetSetting(scope), (value) =>
    JSON.stringify(budget) === JSON.stringify(value) ? null : { value: budget },
  )
}

/** The budget that changes make where there was none before; null when no cap is among them. */
export function budgetOf(changes: BudgetChanges): Budget | null {
  return budgetAfter(null, changes)
}

/** Takes all caps of a scope away. Answers whether there was one. */
export function removeBudget(
  store: Pick<Store, 'getSetting' | 'putSetting'>,
  scope: BudgetScope,
): Promise<boolean> {
  return changeSetting(store, budgetSetting(scope), (value) =>
    value === null ? null : { value: null },
  )
}

function budgetAfter(before: Budget | null, changes: BudgetChanges): Budget | null {
  const caps = BUDGET_PERIODS.flatMap((period): readonly BudgetCap[] => {
    const old = before?.caps.find((cap) => cap.period === period)
    const given = changes.caps[period]
    const capNano = given === undefined ? (old?.capNano ?? null) : given
    if (capNano === null) return []
    const warnAt = changes.warnAt ?? old?.warnAt ?? DEFAULT_WARN_AT
    return [{ period, capNano, warnAt: [...warnAt] }]
  })
  const timeZone = changes.timeZone ?? before?.timeZone ?? 'UTC'
  return caps.length === 0 ? null : { timeZone, caps }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch (cause) {
    throw new ConfigError(
      `time zone: expected one such as "Europe/Berlin", got ${JSON.stringify(timeZone)}.`,
      'Correct it. Nothing was changed.',
      { cause },
    )
  }
}

function checkShares(warnAt: readonly number[]): void {
  const wrong = warnAt.find((share) => !(share > 0 && share <= 100))
  if (wrong === undefined) return
  throw new ConfigError(
    `shares of a budget: expected percents above 0 and up to 100, got ${wrong}.`,
    'Correct it. Nothing was changed.',
  )
}
