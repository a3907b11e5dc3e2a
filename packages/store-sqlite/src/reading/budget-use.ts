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
  sqliteQueries,
} from '@halfrate/store-sql'
import type { Connection } from '../database/connection.js'
import type { Session } from '../session.js'
import { readSetting } from '../upkeep/settings.js'
import { runQuery } from './run-query.js'

type Params = Readonly<{ scope: BudgetScope; since: EpochMs }>

/** See `ReadStore.budgetUse`. */
export function budgetUse(session: Session, params: Params): BudgetUse {
  return useIn(session.reader, scopeOf(session, params))
}

/** Whether a submission may be sealed under budgets: their documents still stand, and there is room for its hold. */
export function fitsBudgets(
  session: Session,
  { holdNano }: Pick<Submission, 'holdNano'>,
  budgets: readonly SealBudget[],
): boolean {
  return inScopeOrder(budgets).every(({ scope, version, caps }) => {
    const stored = readSetting(session, budgetSetting(scope))
    if ((stored?.version ?? null) !== version) return false
    return caps.every(({ since, capNano }) => {
      const asked = scopeOf(session, { scope, since })
      if (asked !== null) {
        const { sql, parameters } = keepSpentQuery(sqliteQueries, asked)
        session.db.run(sql, ...(parameters as readonly number[]))
      }
      return countedNano(useIn(session.db, asked)) + holdNano <= capNano
    })
  })
}

function useIn(connection: Connection, scope: BudgetUseScope | null): BudgetUse {
  if (scope === null) return NO_USE
  const [row] = runQuery(connection, budgetUseQuery(sqliteQueries, scope))
  return {
    spentNano: (row?.spent_nano ?? 0) as NanoUsd,
    heldNano: (row?.held_nano ?? 0) as NanoUsd,
  }
}

// Of a name that nothing bears nothing was sent.
function scopeOf({ names }: Session, { scope, since }: Params): BudgetUseScope | null {
  const areHedges = scope.type === 'hedges'
  const none = { projectId: null, queueId: null, accountId: null, areHedges, since }
  if (scope.type === 'account') {
    const accountId = names.find(scope.account)
    return accountId === null ? null : { ...none, accountId }
  }
  const projectId = names.find(scope.project)
  if (projectId === null || scope.type === 'project') {
    return projectId === null ? null : { ...none, projectId }
  }
  const queueId = names.find(scope.queue)
  return queueId === null ? null : { ...none, projectId, queueId }
}
