import { type BudgetStop, type Job, type JobBudget, type NanoUsd, usedNano } from '@halfrate/core'
import { Estimator, holdOf } from '@halfrate/core/money'
import { type Halfrate, readJobBudget } from '@halfrate/runtime'
import { waitingRows } from '../preflight/job-before.js'
import { type BudgetFacts, roundedUp } from '../screen/budget-text.js'
import { capLineOf } from './cap-line.js'

// Which row comes first is all that is asked.
const FIRST_ROWS = 100

/** The cap of a job and what counts against it; null for a job without one. */
export async function budgetOf(
  half: Pick<Halfrate, 'store' | 'clock' | 'prices'>,
  job: Job,
): Promise<BudgetFacts | null> {
  const { store } = half
  const budget = await readJobBudget(store, job)
  if (budget === null || budget.capNano === null) return null
  const spending = await store.spending({ project: job.project, jobId: job.id })
  const { capNano } = budget
  const line = await capLineOf(half, job, { capNano, spending }, FIRST_ROWS)
  const held = line.fitting.size > 0 ? null : (line.first ?? budget.stopped ?? null)
  const stopped = stopOf(budget, { spending, held })
  return { capNano, spending, stopped, held }
}

/**
 * How a job stands still, as it is now: since it was noted a batch that was given up may have turned up, rows may have been
 * canceled, or a price have become known.
 */
export function stopOf(
  { stopped }: Pick<JobBudget, 'stopped'>,
  { spending, held }: Pick<BudgetFacts, 'spending' | 'held'>,
): BudgetStop | null {
  if (stopped === undefined || spending.openAttempts > 0 || held === null) return null
  return { ...stopped, neededNano: held.neededNano }
}

/** A cap under which all that waits of a job likely goes, in whole cents; null when nobody can tell. */
export async function likelyCap(
  half: Pick<Halfrate, 'store' | 'prices' | 'clock'>,
  job: Job,
  { spending, stopped }: BudgetFacts,
): Promise<NanoUsd | null> {
  const needed = stopped?.neededNano ?? null
  if (needed === null) return null
  const by = { book: half.prices, at: half.clock.now() }
  const estimator = new Estimator(by)
  // The last row joins when its hold fits beside what the others have cost by then.
  let mostHeld = 0
  for await (const request of waitingRows(half, job)) {
    estimator.add({ ...request, content: null })
    mostHeld = Math.max(mostHeld, holdOf({ ...request, ...by }) ?? 0)
  }
  const { highNano } = estimator.estimate().batch
  return roundedUp(Math.max(needed, usedNano(spending) + highNano + mostHeld) as NanoUsd)
}
