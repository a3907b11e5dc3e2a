import {
  type AuditPeriod,
  type AuditReport,
  type GrossMargin,
  grossMarginOf,
  inAMonth,
  type SavingRange,
} from '@halfrate/core/audit'
import type { TallyFacts } from './audit-tally.js'

/** A margin at both ends of what can be saved. */
export interface MarginRange {
  readonly low: GrossMargin
  readonly high: GrossMargin
}

/** All that an audit has to tell. */
export interface AuditFindings {
  readonly files: readonly string[]
  readonly timeZone: string
  readonly tally: TallyFacts
  readonly report: AuditReport
  /** Day on which the prices were read; null when unknown. */
  readonly pricesReadOn: string | null
  /** Null when it was not asked for, or nothing tells how long the period is. */
  readonly margin: MarginRange | null
  /** How many features are shown one by one. */
  readonly top: number
}

/** Revenue and cost of goods sold of a month. */
export interface Books {
  readonly revenueNano: bigint
  readonly cogsNano: bigint
}

/** The margin before and after, with what the calls of the period would save in a month. */
export function marginOf({ period, saves }: AuditReport, books: Books): MarginRange | null {
  if (period === null) return null
  const month = monthly(saves, period)
  const low = grossMarginOf({ ...books, savedNano: month.lowNano })
  const high = grossMarginOf({ ...books, savedNano: month.highNano })
  return low === null || high === null ? null : { low, high }
}

/** A range of the period as one of a month of 30 days. */
export function monthly({ lowNano, highNano }: SavingRange, { days }: AuditPeriod): SavingRange {
  return { lowNano: inAMonth(lowNano, days), highNano: inAMonth(highNano, days) }
}
