import { neededCap, type Request } from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { type Halfrate, readJobBudget } from '@halfrate/runtime'
import { type BudgetWait, stopText } from '../screen/budget-text.js'

/** Whether a request waits for the budget of its job; null where that has none, or the request is done. */
export async function budgetWaitOf(half: Halfrate, request: Request): Promise<BudgetWait | null> {
  const { jobId, project, state } = request
  if (jobId === null || state === 'done') return null
  const budget = await readJobBudget(half.store, { id: jobId, project })
  if (budget === null || budget.capNano === null) return null
  const { capNano, stopped = null } = budget
  const spending = await half.store.spending({ project, jobId })
  const holdNano = holdOf({ ...request, at: half.clock.now(), book: half.prices })
  const neededNano = neededCap({ spending }, { holdNano })
  const fits = neededNano !== null && neededNano <= capNano
  const isWaiting = state === 'waiting' && (stopped !== null || !fits)
  const text = stopText({ capNano, stopped: stopped ?? { at: 0, neededNano } })
  return { capNano, spending, stopped, isWaiting, text }
}
