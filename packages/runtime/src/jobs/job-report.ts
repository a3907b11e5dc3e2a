import { type Job, type ReasonCode, type Report, type Store, usedNano } from '@halfrate/core'
import { savedOf, usdText } from '@halfrate/core/money'
import { readJobBudget } from './job-budget.js'
import type { CanaryReport } from './job-canary.js'
import type { EstimateReport } from './job-estimate.js'
import type { PrimerReport } from './job-primer.js'

/** How a job stands: its rows, each counted once, and its money as decimal text in dollars. */
export interface JobReport {
  readonly total: number
  /** Not in a batch, or to be sent again. */
  readonly waiting: number
  /** In a batch: being made, sent, at Claude, or looked for after its answer was lost. */
  readonly inBatches: number
  readonly succeeded: number
  readonly failed: number
  readonly canceled: number
  /** Rows that did not succeed, by `result.error.code`. */
  readonly byCode: Readonly<Partial<Record<ReasonCode, number>>>
  /** Every row is done. */
  readonly isDone: boolean
  readonly paidUsd: string
  /** What the same answers cost in real time, in which a usable one is paid once. */
  readonly realtimeUsd: string
  /** Below zero when batch was dearer. */
  readonly savedUsd: string
  /** Part of what was paid that was paid twice or for nothing. */
  readonly wasteUsd: string
  /** Paid answers whose price is unknown; they are in no sum. */
  readonly unpriced: number
  /** Attempts that may have been paid without an answer to show for it, and what they can have cost at most. */
  readonly possiblyPaid: number
  readonly possiblyPaidUsd: string
  /** Null for a job without a cap. */
  readonly budget: BudgetReport | null
  /** What its rows were estimated at when they were taken in; null when some of them never were. */
  readonly estimate: EstimateReport | null
  /** The canary that its rest waits for; null where it waits for none. */
  readonly canary: CanaryReport | null
  /** What went first of it, or goes, to write what its rows share to the cache; null where that was not asked for. */
  readonly primer: PrimerReport | null
}

/** The cap of a job and what counts against it, as decimal text in dollars. */
export interface BudgetReport {
  readonly maxCostUsd: string
  /** Paid, perhaps paid, and the most that can still be paid for what is under way, of every row that the job ever had. */
  readonly usedUsd: string
  /** Nothing is under way, and the next row does not fit. */
  readonly isStopped: boolean
  /** Cap at which it would fit; null while the job goes on, or when nobody can tell. */
  readonly neededUsd: string | null
}

/** The cap of a job, for its report; null for none. */
export async function budgetReportOf(
  store: Pick<Store, 'getSetting' | 'spending'>,
  job: Pick<Job, 'id' | 'project'>,
): Promise<BudgetReport | null> {
  const budget = await readJobBudget(store, job)
  if (budget === null || budget.capNano === null) return null
  const spending = await store.spending({ project: job.project, jobId: job.id })
  const isStopped = budget.stopped !== undefined && spending.openAttempts === 0
  const needed = isStopped ? (budget.stopped?.neededNano ?? null) : null
  return {
    maxCostUsd: usdText(budget.capNano),
    usedUsd: usdText(usedNano(spending)),
    isStopped,
    neededUsd: needed === null ? null : usdText(needed),
  }
}

/** Puts a report of the store into the words of the library. */
export function jobReportOf(
  { counts, money }: Report,
  {
    budget,
    estimate,
    canary,
    primer,
  }: Pick<JobReport, 'budget' | 'estimate' | 'canary' | 'primer'>,
): JobReport {
  const { total, byState, byStatus, byReason } = counts
  const saved = savedOf(money.paidNano, money.realtimeNano) ?? money.paidNano
  return {
    ...{ total, waiting: byState.waiting, inBatches: byState.assigned },
    ...byStatus,
    byCode: byReason,
    isDone: byState.done === total,
    paidUsd: usdText(money.paidNano),
    realtimeUsd: usdText(money.realtimeNano),
    savedUsd: usdText(saved),
    wasteUsd: usdText(money.wasteNano),
    unpriced: money.unpricedAttempts,
    possiblyPaid: money.possiblyPaidAttempts,
    possiblyPaidUsd: usdText(money.possiblyPaidNano),
    ...{ budget, estimate, canary, primer },
  }
}
