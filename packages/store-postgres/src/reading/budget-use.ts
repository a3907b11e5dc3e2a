import type { EpochMs, NanoUsd, Submission } from '@halfrate/core'
import {
  type BudgetScope,
  type BudgetUse,
  budgetSetting,
  countedNano,
  inScopeOrder,
  NO_USE,
  type SealBudget,
} from '@halfrate/core/budgets'
import {
  type BudgetUseScope,
  budgetUseQuery,
  keepSpentQuery,
  postgresQueries,
} from '@halfrate/store-sql'
import { escapedText } from '../database/escaped-text.js'
import type { Session, Step } from '../session.js'
import { runQuery } from './run-query.js'

type Params = Readonly<{ scope: BudgetScope; since: EpochMs }>

/** See `ReadStore.budgetUse`. */
export function budgetUse(session: Session, params: Params): Promise<BudgetUse> {
  return session.snapshot(async (step) => useIn(step, await scopeOf(step, params)))
}

// By primary key. Who holds it is the only one that seals under this budget, so what the sums below leave out is nobody's.
const LOCK = 'SELECT version FROM settings WHERE scope = $1 AND name = $2 FOR UPDATE'

/** Whether a submission may be sealed under budgets: their documents still stand, and there is room for its hold. */
export async function fitsBudgets(
  step: Step,
  { holdNano }: Pick<Submission, 'holdNano'>,
  budgets: readonly SealBudget[],
): Promise<boolean> {
  const ordered = inScopeOrder(budgets)
  for (const { scope, version } of ordered) {
    const setting = budgetSetting(scope)
    const values = [escapedText(setting.scope), escapedText(setting.name)]
    const stored = await step.db.get<{ version: number }>(LOCK, ...values)
    if ((stored?.version ?? null) !== version) return false
  }
  for (const { scope, caps } of ordered) {
    for (const { since, capNano } of caps) {
      const asked = await scopeOf(step, { scope, since })
      if (asked !== null) await runQuery(step.db, keepSpentQuery(postgresQueries, asked))
      if (countedNano(await useIn(step, asked)) + holdNano > capNano) return false
    }
  }
  return true
}

async function useIn({ db }: Step, scope: BudgetUseScope | null): Promise<BudgetUse> {
  if (scope === null) return NO_USE
  const [row] = await runQuery(db, budgetUseQuery(postgresQueries, scope))
  return {
    spentNano: (row?.spent_nano ?? 0) as NanoUsd,
    heldNano: (row?.held_nano ?? 0) as NanoUsd,
  }
}

// Of a name that nothing bears nothing was sent.
async function scopeOf(
  { db, names }: Step,
  { scope, since }: Params,
): Promise<BudgetUseScope | null> {
  const areHedges = scope.type === 'hedges'
  const none = { projectId: null, queueId: null, accountId: null, areHedges, since }
  if (scope.type === 'account') {
    const [accountId] = await names.find(db, [scope.account])
    return accountId == null ? null : { ...none, accountId }
  }
  const queue = scope.type === 'project' ? [] : [scope.queue]
  const [projectId, queueId] = await names.find(db, [scope.project, ...queue])
  if (projectId == null || (scope.type !== 'project' && queueId == null)) return null
  return { ...none, projectId, queueId: queueId ?? null }
}
