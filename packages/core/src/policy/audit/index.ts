/**
 * The audit of real-time spend: which of it could have been half price, and why or why not. All of it is pure and works in
 * memory of constant size; amounts are whole nano-dollars, sums of them bigints.
 */

export {
  type AuditPeriod,
  type AuditReport,
  type FeatureReport,
  type HourReport,
  inAMonth,
  type ModelReport,
  type MoneySplit,
  type ReasonShare,
  type SavingRange,
  type ShownFacts,
  type StandingMoney,
} from './audit-report.js'
export { Auditor, type AuditorOptions } from './auditor.js'
export { type BatchReason, isFailed, STANDING_OF, type Standing } from './batch-reason.js'
export type { CheaperModel, ModelComparison } from './cheaper-models.js'
export type { ReconcileCause, ReconciledLine, ReconcileFacts } from './explained-lines.js'
export type { FeaturePattern } from './feature-pattern.js'
export { type GrossMargin, grossMarginOf } from './gross-margin.js'
export type { ComparedCounts } from './reconciled-sums.js'
export {
  type ElsewhereAnswer,
  type RealtimeSpend,
  type ReconcileReport,
  Reconciler,
  type ReconcilerOptions,
} from './reconciler.js'
export { type CostClass, type UsageRecord, usageRecord } from './usage-record.js'
