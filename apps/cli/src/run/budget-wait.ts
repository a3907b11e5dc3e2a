import { type NanoUsd, neededCap, type Request, type Spending } from '@halfrate/core'
import { holdOf } from '@halfrate/core/money'
import { type Halfrate, readJobBudget } from '@halfrate/runtime'
import { type BudgetWait, stopText } from '../screen/budget-text.js'
import { capLineOf } from './cap-line.js'
import { stopOf } from './job-budget.js'

/** Whether a request waits for the budget of its job; null where that has none, or the request is done. */
export async function budgetWaitOf(half: Halfrate, request: Request): Promise<BudgetWait | null> {
  const { jobId, project } = request
  if (jobId === null || request.state === 'done') return null
  const budget = await readJobBudget(half.store, { id: jobId, project })
  if (budget === null || budget.capNano === null) return null
  const { capNano } = budget
  const spending = await half.store.spending({ project, jobId })
  const wait = await waitOf(half, request, { capNano, spending })
  const stopped = stopOf(budget, { spending, held: wait })
  const text = stopText({ capNano, stopped: { at: 0, neededNano: wait?.neededNano ?? null } })
  const isWaiting = request.state === 'waiting' && wait !== null
  return { capNano, spending, stopped, held: wait, isWaiting, text }
}

// A row waits behind one that does not fit, also where it would fit itself.
async function waitOf(
  half: Halfrate,
  request: Request,
  budget: { readonly capNano: NanoUsd; readonly spending: Spending },
): Promise<{ readonly neededNano: NanoUsd | null } | null> {
  const { jobId: id, project, queue } = request
  if (id === null || request.state !== 'waiting') return null
  const job = { id, project, queue }
  const { fitting, first } = await capLineOf(half, job, budget, half.store.traits.pageLimit)
  if (fitting.has(request.id)) return null
  if (first !== null) return first
  const holdNano = holdOf({ ...request, at: half.clock.now(), book: half.prices })
  const neededNano = neededCap(budget, { holdNano })
  return neededNano !== null && neededNano <= budget.capNano ? null : { neededNano }
}
