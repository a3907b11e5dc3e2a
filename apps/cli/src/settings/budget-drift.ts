import {
  BUDGET_PERIODS,
  type Budget,
  type BudgetPeriod,
  type BudgetScope,
  budgetSetting,
} from '@halfrate/core/budgets'
import { usdText } from '@halfrate/core/money'
import { budgetScopes, type Halfrate } from '@halfrate/runtime'
import { type DeclaredBudget, sameScope } from './read-budgets.js'

/** A member of a budget under its name in a file. */
export type BudgetField = BudgetPeriod | 'timeZone' | 'warnAt'

/** A member in which a file and a store differ: amounts as decimal text, null where there is none. */
export interface BudgetFieldDrift {
  readonly field: BudgetField
  readonly file: string | readonly number[] | null
  readonly store: string | readonly number[] | null
}

/** How a budget of a file stands in a store. */
export interface BudgetDrift {
  readonly scope: BudgetScope
  /** `new` where the store has none of this scope. */
  readonly state: 'new' | 'changed' | 'same'
  readonly fields: readonly BudgetFieldDrift[]
}

/** How the budgets of a file and those of a store differ. */
export interface BudgetsDrift {
  readonly budgets: readonly BudgetDrift[]
  /** Scopes of which the store has a budget and the file has none. */
  readonly unnamed: readonly BudgetScope[]
}

/** Where a file does not speak of budgets, nothing differs. */
const NO_BUDGETS_DRIFT: BudgetsDrift = { budgets: [], unnamed: [] }

/** Compares the budgets of a file with those of a store. Changes nothing; null where the file does not speak of them. */
export async function lookForBudgetDrift(
  { store }: Pick<Halfrate, 'store'>,
  declared: readonly DeclaredBudget[] | null,
): Promise<BudgetsDrift> {
  if (declared === null) return NO_BUDGETS_DRIFT
  const budgetIn = async (scope: BudgetScope): Promise<Budget | null> =>
    ((await store.getSetting(budgetSetting(scope)))?.value ?? null) as Budget | null
  const budgets = await Promise.all(
    declared.map(async ({ scope, budget }) => driftOf(scope, budget, await budgetIn(scope))),
  )
  const unnamed: BudgetScope[] = []
  for (const scope of await budgetScopes(store)) {
    if (declared.some((each) => sameScope(each.scope, scope))) continue
    if ((await budgetIn(scope)) !== null) unnamed.push(scope)
  }
  return { budgets, unnamed }
}

/** Whether a file and a store differ in a budget. */
export function isBudgetDrift({ budgets, unnamed }: BudgetsDrift): boolean {
  return unnamed.length > 0 || budgets.some(({ state }) => state !== 'same')
}

function driftOf(scope: BudgetScope, said: Budget, stored: Budget | null): BudgetDrift {
  if (stored === null) return { scope, state: 'new', fields: [] }
  const [file, store] = [fieldsOf(said), fieldsOf(stored)]
  const fields = FIELDS.flatMap((field) =>
    JSON.stringify(file[field]) === JSON.stringify(store[field])
      ? []
      : [{ field, file: file[field], store: store[field] }],
  )
  return { scope, state: fields.length === 0 ? 'same' : 'changed', fields }
}

const FIELDS: readonly BudgetField[] = [...BUDGET_PERIODS, 'timeZone', 'warnAt']

// A cap that was set by itself may have shares of its own: then no one list stands for all of them.
function fieldsOf({ timeZone, caps }: Budget): Readonly<Record<BudgetField, BudgetValue>> {
  const capOf = (period: BudgetPeriod): string | null => {
    const cap = caps.find((each) => each.period === period)
    return cap === undefined ? null : usdText(cap.capNano)
  }
  const shares = [...new Set(caps.map(({ warnAt }) => JSON.stringify(warnAt)))]
  const warnAt = shares.length === 1 ? (caps[0]?.warnAt ?? null) : shares.join(' and ')
  return { day: capOf('day'), month: capOf('month'), total: capOf('total'), timeZone, warnAt }
}

type BudgetValue = BudgetFieldDrift['file']
