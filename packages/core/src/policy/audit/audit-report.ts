import type { EpochMs } from '../../model/time.js'
import type { BatchReason, Standing } from './batch-reason.js'
import type { ModelComparison } from './cheaper-models.js'
import type { FeaturePattern } from './feature-pattern.js'

/** Money that stands alike, in whole nano-dollars, over the whole period. */
export interface StandingMoney {
  readonly records: number
  readonly spentNano: bigint
  /** What batches would save without any cache; 0 where they would be dearer so. */
  readonly savesLowNano: bigint
  /** What batches would save if their caches hit as often as now. */
  readonly savesHighNano: bigint
  /** By how much batches without any cache would be dearer, where they would be. */
  readonly dearerNano: bigint
}

/** Money of a group, split by whether it could be halved. The parts add up to the whole. */
export interface MoneySplit {
  readonly records: number
  /** Calls, where the source says how many. */
  readonly calls: number
  /** Records without a known price; they are in no sum of money. */
  readonly unpriced: number
  readonly spentNano: bigint
  readonly byStanding: Readonly<Record<Standing, StandingMoney>>
}

/** What can be saved: from what speaks for itself without a cache, to all that nothing speaks against with one. */
export interface SavingRange {
  readonly lowNano: bigint
  readonly highNano: bigint
}

/** How much of a group has which reason. */
export interface ReasonShare {
  readonly reason: BatchReason
  readonly records: number
  readonly spentNano: bigint
}

/** One model, of a feature or of all. */
export interface ModelReport {
  /** Null where the source names none. */
  readonly model: string | null
  readonly money: MoneySplit
  readonly comparison: ModelComparison | null
}

/** One feature. */
export interface FeatureReport {
  /** `unnamed`: the source says no feature. `others`: every feature beyond those that were kept apart. */
  readonly kind: 'named' | 'unnamed' | 'others'
  /** Null unless it is named. */
  readonly feature: string | null
  readonly money: MoneySplit
  readonly saves: SavingRange
  readonly pattern: FeaturePattern | null
  /** Dearest first. */
  readonly reasons: readonly ReasonShare[]
  /** Its open money by the hour of the day, 24 of them. */
  readonly openHoursNano: readonly bigint[]
  /** Dearest first. */
  readonly models: readonly ModelReport[]
}

/** What was spent in one hour of the day, over all days. */
export interface HourReport {
  readonly realtimeNano: bigint
  readonly batchNano: bigint
}

/** How many records showed what. */
export interface ShownFacts {
  readonly at: number
  readonly hour: number
  readonly feature: number
  readonly tokens: number
  readonly latency: number
  /** Whether somebody waited, or how soon the answer was needed. */
  readonly awaited: number
  readonly stopReason: number
}

/** What an audit found. */
export interface AuditReport {
  readonly period: AuditPeriod | null
  readonly money: MoneySplit
  readonly saves: SavingRange
  /** Dearest first. */
  readonly features: readonly FeatureReport[]
  /** Dearest first. */
  readonly models: readonly ModelReport[]
  /** By the hour of the day, 24 of them; what has no hour is not among them. */
  readonly hours: readonly HourReport[]
  readonly shown: ShownFacts
  /** Models without a known price, and how many records each has; at most a few hundred are told apart. */
  readonly unpricedModels: ReadonlyMap<string | null, number>
  /** Tools of the server without a known fee, by the provider's names, and how many of those records used each. */
  readonly unpricedTools: ReadonlyMap<string, number>
  /** The ends of what buckets cost whose price depends on prompts that they don't show. */
  readonly hiddenStep: SavingRange
  /** Of the records of which both are known: what the source says was paid, and what the price book says. */
  readonly stated: { readonly paidNano: bigint; readonly listNano: bigint }
}

/** From the first to the last record. */
export interface AuditPeriod {
  readonly fromAt: EpochMs
  readonly untilAt: EpochMs
  /** Days on the reader's clock that it touches, at least 1. */
  readonly days: number
}

const MONTH_DAYS = 30n

/** What an amount of some days is in a month of 30 days, rounded half up; `nano` is not negative. */
export function inAMonth(nano: bigint, days: number): bigint {
  const whole = BigInt(days)
  return (2n * nano * MONTH_DAYS + whole) / (2n * whole)
}
