import type { NanoUsd, Report } from '@halfrate/core'
import { type EstimatedRows, usdText } from '@halfrate/core/money'
import { type BudgetFacts, type BudgetObject, budgetObject } from './budget-text.js'
import { type EstimateObject, estimateObject } from './estimate-object.js'
import { moneyOf, outcomeOf } from './job-figures.js'

/** How a job stands, for programs. Money is decimal text in dollars. */
export interface ReportObject {
  readonly type: 'report'
  readonly job: string | null
  readonly store: string
  /** Absolute path of what was written; null for standard output or nothing. */
  readonly output: string | null
  readonly total: number
  readonly usable: number
  readonly cut_off: number
  readonly refused: number
  readonly empty: number
  readonly failed: number
  readonly canceled: number
  readonly waiting: number
  readonly paid_usd: string
  readonly realtime_usd: string
  readonly saved_usd: string
  readonly waste_usd: string
  /** Paid answers whose price is unknown; they are in no sum. */
  readonly unpriced: number
  readonly possibly_paid: number
  readonly possibly_paid_usd: string
  /** The cap of the job; null for none. */
  readonly budget: BudgetObject | null
  /** What its rows were estimated at before they were sent; null when some of them never were. */
  readonly estimate: EstimateObject | null
  readonly took_ms: number | null
  readonly exit_code: number
}

/** Makes the report of a job for programs. */
export function reportObject(params: {
  readonly report: Report
  readonly job: string | null
  readonly store: string
  readonly output: string | null
  readonly budget: BudgetFacts | null
  readonly estimate: EstimatedRows | null
  readonly tookMs: number | null
  readonly exitCode: number
}): ReportObject {
  const outcome = outcomeOf(params.report.counts)
  const money = moneyOf(params.report.money)
  const { unpricedAttempts, possiblyPaidAttempts, possiblyPaidNano } = params.report.money
  const usd = (nano: NanoUsd): string => usdText(nano)
  return {
    type: 'report',
    job: params.job,
    store: params.store,
    output: params.output,
    total: params.report.counts.total,
    usable: outcome.usable,
    cut_off: outcome.cutOff,
    refused: outcome.refused,
    empty: outcome.empty,
    failed: outcome.failed,
    canceled: outcome.canceled,
    waiting: outcome.open,
    paid_usd: usd(money.paid),
    realtime_usd: usd(money.realtime),
    saved_usd: usd(money.saved),
    waste_usd: usd(money.waste),
    unpriced: unpricedAttempts,
    possibly_paid: possiblyPaidAttempts,
    possibly_paid_usd: usd(possiblyPaidNano),
    budget: budgetObject(params.budget),
    estimate: estimateObject(params.estimate, params.report),
    took_ms: params.tookMs,
    exit_code: params.exitCode,
  }
}
