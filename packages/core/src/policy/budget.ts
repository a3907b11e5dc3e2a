import type { Attempt } from '../model/attempt.js'
import type { JobId } from '../model/ids.js'
import { type NanoUsd, ZERO_USD } from '../model/money.js'
import type { Spending } from '../model/spending.js'
import type { SubmissionState } from '../model/submission.js'

/** Nothing spent. */
export const NO_SPENDING: Spending = Object.freeze({
  paidNano: ZERO_USD,
  possiblyPaidNano: ZERO_USD,
  heldNano: ZERO_USD,
  openAttempts: 0,
  unknownAttempts: 0,
})

/** States in which the provider has the batch, and what becomes of each member is not final. */
export const AT_PROVIDER_STATES: readonly SubmissionState[] = ['in_progress', 'canceling', 'ended']

/**
 * What one attempt adds to the spending of its job.
 *
 * A success counts at its cost. Everything else counts at its hold for as long as it can become one: until it is released,
 * and in a batch that the provider has until that is collected, so that an orphan counts as soon as it is found. After
 * that only what may have been paid counts.
 */
export function spentOn(
  attempt: Pick<
    Attempt,
    'outcome' | 'costNano' | 'holdNano' | 'releasedAt' | 'withdrawn' | 'possiblyPaid'
  >,
  state: SubmissionState,
): Spending {
  const { outcome, costNano, holdNano, releasedAt, withdrawn, possiblyPaid } = attempt
  if (outcome === 'succeeded' && costNano !== null) return { ...NO_SPENDING, paidNano: costNano }
  const isSuccess = outcome === 'succeeded'
  const isOpen = !withdrawn && (releasedAt === null || AT_PROVIDER_STATES.includes(state))
  if (!isSuccess && !isOpen && !possiblyPaid) return NO_SPENDING
  const isUnderWay = !isSuccess && isOpen
  const counted = { ...NO_SPENDING, openAttempts: isUnderWay ? 1 : 0 }
  if (holdNano === null) return { ...counted, unknownAttempts: 1 }
  return isUnderWay
    ? { ...counted, heldNano: holdNano }
    : { ...counted, possiblyPaidNano: holdNano }
}

/** Adds two spendings up. */
export function plusSpending(one: Spending, other: Spending): Spending {
  return {
    paidNano: (one.paidNano + other.paidNano) as NanoUsd,
    possiblyPaidNano: (one.possiblyPaidNano + other.possiblyPaidNano) as NanoUsd,
    heldNano: (one.heldNano + other.heldNano) as NanoUsd,
    openAttempts: one.openAttempts + other.openAttempts,
    unknownAttempts: one.unknownAttempts + other.unknownAttempts,
  }
}

/** All that counts against a cap: the most that what was begun can come to. */
export function usedNano(spending: Spending): NanoUsd {
  return (spending.paidNano + spending.possiblyPaidNano + spending.heldNano) as NanoUsd
}

/** How a job with a cap stands. */
export interface BudgetFacts {
  readonly capNano: NanoUsd
  readonly spending: Spending
}

/** A request that asks to join a batch. */
export interface BudgetRequest {
  readonly jobId: JobId | null
  /** The most that it can cost; null when that is not known. */
  readonly holdNano: NanoUsd | null
}

/**
 * The cap at which the next request of a job fits, if it fits under none that is lower; null when nobody can tell, since
 * the cost of something is not known.
 */
export function neededCap(
  { spending }: Pick<BudgetFacts, 'spending'>,
  { holdNano }: Pick<BudgetRequest, 'holdNano'>,
): NanoUsd | null {
  if (holdNano === null || spending.unknownAttempts > 0) return null
  return (usedNano(spending) + holdNano) as NanoUsd
}

/** Which requests of a page may join under the caps of their jobs. */
export interface Admission<T> {
  readonly admitted: readonly T[]
  /** Jobs with a request that does not fit, and the cap at which it would; null when nobody can tell. */
  readonly stopped: ReadonlyMap<JobId, NanoUsd | null>
}

/**
 * Takes requests in their order while they fit under the caps of their jobs.
 *
 * After a job's first request that doesn't fit none of that job joins: what comes first goes first. An unknown cost fits
 * under no cap. Jobs without an entry in `budgets`, and requests without a job, have no cap.
 */
export function admitPage<T extends BudgetRequest>(
  page: readonly T[],
  budgets: ReadonlyMap<JobId, BudgetFacts>,
): Admission<T> {
  const admitted: T[] = []
  const stopped = new Map<JobId, NanoUsd | null>()
  const joined = new Map<JobId, number>()
  for (const request of page) {
    const { jobId, holdNano } = request
    const budget = jobId === null ? undefined : budgets.get(jobId)
    if (jobId === null || budget === undefined) {
      admitted.push(request)
      continue
    }
    if (stopped.has(jobId)) continue
    const before = joined.get(jobId) ?? 0
    const needed = neededCap(budget, request)
    if (needed === null || needed + before > budget.capNano) {
      stopped.set(jobId, needed === null ? null : ((needed + before) as NanoUsd))
      continue
    }
    joined.set(jobId, before + (holdNano ?? 0))
    admitted.push(request)
  }
  return { admitted, stopped }
}
