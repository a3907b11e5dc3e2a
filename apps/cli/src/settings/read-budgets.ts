import type { NanoUsd } from '@halfrate/core'
import { BUDGET_PERIODS, type Budget, type BudgetScope } from '@halfrate/core/budgets'
import { type BudgetChanges, budgetOf } from '@halfrate/runtime'
import { dollars } from '../flags/parse-flag.js'
import { POLICY_READERS } from '../flags/queue-policy-flags.js'
import { type BudgetScopeFlags, budgetScope } from '../scope/budget-scope.js'
import { budgetScopeText } from '../screen/scope-budget-text.js'
import { configFault, isMembers, shownValue, unknownName } from './config-fault.js'
import { readValue } from './read-value.js'

/** A budget as a file says it: whole. */
export interface DeclaredBudget {
  readonly scope: BudgetScope
  readonly budget: Budget
}

const MEMBERS = ['queue', 'project', 'hedges', ...BUDGET_PERIODS, 'timeZone', 'warnAt'] as const

type Members = Readonly<Record<string, unknown>>

/**
 * Checks the budgets of a config file. What one leaves out it does not have, so that the file is all of the truth.
 *
 * @throws {ConfigError} naming the budget and the member.
 */
export function readBudgets(file: string, budgets: unknown): readonly DeclaredBudget[] {
  if (!Array.isArray(budgets)) {
    throw configFault(
      `${file}: budgets`,
      `expected a list of budgets, got ${shownValue(budgets)}.`,
      { nextStep: `Write budgets: [{ queue: "triage", day: 20 }]. Nothing was changed or sent.` },
    )
  }
  const declared: DeclaredBudget[] = []
  for (const [index, each] of budgets.entries()) {
    const place = `${file}: budgets[${index}]`
    const read = readBudget(place, each)
    const twice = declared.some(({ scope }) => sameScope(scope, read.scope))
    if (twice) {
      throw configFault(place, `${budgetScopeText(read.scope)} has a budget above already.`, {
        nextStep: 'Put its caps into one budget. Nothing was changed or sent.',
      })
    }
    declared.push(read)
  }
  return declared
}

/** Whether two scopes are the same. */
export function sameScope(one: BudgetScope, other: BudgetScope): boolean {
  return budgetScopeText(one) === budgetScopeText(other)
}

function readBudget(place: string, budget: unknown): DeclaredBudget {
  if (!isMembers(budget)) {
    throw configFault(place, `expected an object with a cap, got ${shownValue(budget)}.`)
  }
  const said: Members = Object.fromEntries(
    Object.entries(budget).filter(([, value]) => value !== undefined),
  )
  for (const name of Object.keys(said)) {
    if (MEMBERS.some((member) => member === name)) continue
    throw unknownName(place, { name, what: 'member', known: MEMBERS })
  }
  const scope = budgetScope(scopeFlags(place, said), (flag) => `${place}.${flag}`)
  const whole = budgetOf({ caps: capsOf(place, said), ...restOf(place, said) })
  if (whole !== null) return { scope, budget: whole }
  throw configFault(place, 'expected a cap, got none.', {
    nextStep:
      'Give day, month or total an amount of dollars, or take the budget out. Nothing was changed or sent.',
  })
}

function scopeFlags(place: string, said: Members): BudgetScopeFlags {
  const textOf = (name: 'queue' | 'project'): string | undefined => {
    if (said[name] === undefined) return undefined
    return readValue(`${place}.${name}`, said[name], { kind: 'text', reader: () => String })
  }
  const { hedges } = said
  if (hedges !== undefined && typeof hedges !== 'boolean') {
    throw configFault(`${place}.hedges`, `expected true or false, got ${shownValue(hedges)}.`)
  }
  return { project: textOf('project'), queue: textOf('queue'), hedges }
}

function capsOf(place: string, said: Members): BudgetChanges['caps'] {
  const caps = BUDGET_PERIODS.flatMap((period): readonly (readonly [string, NanoUsd])[] => {
    if (said[period] === undefined) return []
    const name = `${place}.${period}`
    const text = readValue(name, said[period], { kind: 'dollars', reader: dollars })
    return [[period, dollars(name)(text)]]
  })
  return Object.fromEntries(caps)
}

function restOf(place: string, said: Members): Omit<BudgetChanges, 'caps'> {
  return {
    ...(said.timeZone === undefined ? {} : { timeZone: timeZoneOf(place, said.timeZone) }),
    ...(said.warnAt === undefined ? {} : { warnAt: sharesOf(place, said.warnAt) }),
  }
}

function timeZoneOf(place: string, given: unknown): string {
  const name = `${place}.timeZone`
  const text = readValue(name, given, { kind: 'text', reader: POLICY_READERS.flushTimeZone })
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return text
  } catch (cause) {
    const problem = `expected a time zone such as "Europe/Berlin", got ${shownValue(text)}.`
    throw configFault(name, problem, { cause })
  }
}

function sharesOf(place: string, given: unknown): readonly number[] {
  const isShare = (share: unknown): share is number =>
    typeof share === 'number' && Number.isInteger(share) && share >= 1 && share <= 100
  if (Array.isArray(given) && given.every(isShare)) return given
  const wrong = Array.isArray(given) ? given.find((share) => !isShare(share)) : given
  const got = Array.isArray(given) ? `${shownValue(wrong)} in it` : shownValue(given)
  const problem = `expected a list of percents from 1 to 100, such as [50, 80], got ${got}.`
  throw configFault(`${place}.warnAt`, problem)
}
