/**
 * Halfrate for one process: a store, the provider over HTTP, and the engine, wired. It must never decide anything; what
 * is decided is in `@halfrate/core`. Begin reading at {@link openHalfrate}.
 */

export type { TransactionClient } from '@halfrate/store-postgres'
export type { LineLimit } from '@halfrate/transport-http'
// the Admin API
export { type AdminPlace, openAdminApi } from './admin/open-admin-api.js'
export {
  type AdminReading,
  type AdminReadingEnd,
  readAdminReport,
} from './admin/read-admin-report.js'
// answers of queues
export { cursorText, FIRST_CURSOR, parseCursor } from './answers/answers-cursor.js'
export { nextPageSize } from './answers/page-size.js'
export {
  type AnswersEnd,
  type AnswersFrom,
  type QueueAnswersParams,
  queueAnswers,
} from './answers/queue-answers.js'
export type { QueueResults, QueueResultsOptions } from './answers/queue-results.js'
// the key
export { checkApiKey, missingKey } from './api-key.js'
// budgets
export { budgetScopes, budgetStands } from './budgets/budget-stands.js'
export {
  type BudgetChanges,
  budgetOf,
  changeBudget,
  DEFAULT_WARN_AT,
  removeBudget,
  writeBudget,
} from './budgets/change-budget.js'
export type {
  BudgetOptions,
  BudgetPlace,
  BudgetStand,
  Budgets,
} from './budgets/open-budgets.js'
export { refuseUnpriced } from './budgets/refuse-unpriced.js'
export { checkQueuePolicy } from './check-queue-policy.js'
// costs
export type { CacheReport } from './costs/cache-report.js'
export {
  type CostFigures,
  type CostLine,
  type CostsOptions,
  type CostsReport,
  costsReport,
} from './costs/cost-report.js'
export { beginningOfDay, dayOf } from './costs/day-of.js'
export { type CostReading, readAllCosts } from './costs/read-all-costs.js'
export { type CostsToVerify, type CostsVerified, verifyCosts } from './costs/verify-costs.js'
// schedules
export { cronCalendar } from './cron-calendar.js'
// deadlines
export { deadlineBy, type WantedBy } from './deadlines/deadline-by.js'
// deferred calls
export { DeadlinePassedError } from './deferred/deadline-passed-error.js'
export {
  type Deferred,
  type DeferredCallOptions,
  type DeferredOptions,
  deferred,
} from './deferred/deferred.js'
export { RequestEndedError } from './deferred/request-ended-error.js'
export type {
  NotTakenResult,
  OnResultOptions,
  ResultDelivery,
  ResultHandler,
  ResultSubscription,
} from './deliveries/result-handler.js'
export { type EngineHome, EngineHost } from './engine-host.js'
// the shared fast clock of tests and the demo
export {
  type FastClock,
  parseFastClock,
  refuseFastClockAtProvider,
  virtualInstant,
} from './fast-clock.js'
// inputs
export { FileShelf } from './files/file-shelf.js'
export { MOST_FILE_BYTES, sourceFile } from './files/source-file.js'
export { flushByHand } from './flush-by-hand.js'
export type {
  EmulatorHome,
  EstimateRowsOptions,
  Halfrate,
  HalfrateOptions,
  InboxCounts,
  JobOptions,
  QueueOptions,
  RunOptions,
} from './halfrate.js'
// jobs
export { learnFromJob, readAnswerHistories } from './jobs/answer-histories.js'
export { BudgetReachedError } from './jobs/budget-reached-error.js'
export { CanaryStoppedError } from './jobs/canary-stopped-error.js'
export type { CanceledRows } from './jobs/cancel-job.js'
export { type CanceledRequests, cancelRequests, cancelScope } from './jobs/cancel-requests.js'
export type { CountedSample } from './jobs/count-sample.js'
export type { CacheCosts, CostEstimate, ModelCost, UsdRange } from './jobs/estimate-rows.js'
export { readJobBudget, writeJobBudget } from './jobs/job-budget.js'
export { type CanaryReport, canaryReportOf, resumeJob } from './jobs/job-canary.js'
export {
  type EstimateReport,
  knownCostOf,
  readJobEstimate,
  writeJobEstimate,
} from './jobs/job-estimate.js'
export { type PrimerReport, primerReportOf, readJobPrimer } from './jobs/job-primer.js'
export type { BudgetReport, JobReport } from './jobs/job-report.js'
export type { Job } from './jobs/open-job.js'
export type {
  EndedResult,
  ReceivedBlock,
  ReceivedMessage,
  Result,
  ResultError,
  ResultFacts,
  SucceededResult,
} from './jobs/result.js'
export { rowWithMaxTokens, sameRow } from './jobs/retry-row.js'
export { RowsChangedError } from './jobs/rows-changed-error.js'
// intake
export { KeyTakenError } from './key-taken-error.js'
// workers
// the line at the provider
export { type LineStand, lineStand, type QueueInLine, setLineLimit } from './line/line-stand.js'
export { workerText } from './local-worker.js'
// how often something is looked at
export { LookPace } from './look-pace.js'
// hashes
export { nodeDigest } from './node-digest.js'
export { openHalfrate } from './open-halfrate.js'
export { openProviderView, type ProviderView } from './open-provider-view.js'
export type { Enqueued, EnqueueOptions, HalfrateQueue } from './open-queue.js'
export type { OutputCheck, OutputIssue, OutputSchema } from './output/output-schema.js'
// the wiring
export { type PauseScope, pauseByHand, resumeByHand } from './pause-by-hand.js'
export type { TickResult } from './process-worker.js'
// projects of which something was set
export { namedProjects } from './projects/named-projects.js'
// where the provider is
export { isLoopback, PROVIDER_HOST, PROVIDER_URL, parseBaseUrl } from './provider-url.js'
export { type RequestsInput, type RequestsReading, readRequests } from './reading/read-requests.js'
// prices that become known later
export type { RepriceOptions, RepriceResult } from './reprice-answers.js'
export {
  type AdvisedRows,
  adviseRows,
  type RowsAdvice,
  type RowsToAdvise,
} from './routing/advise-rows.js'
// which route
export { type RolloutQuestion, type RolloutStand, rolloutOf } from './routing/rollout-of.js'
export type { RouteOptions, RoutesReport } from './routing/route-rows.js'
// where a store is
export { checkStoreText, isPostgresUrl, storeText } from './store-place.js'
// how long batches take
export { readOutlook } from './turnaround/read-outlook.js'
export { type PolicyChanges, writeQueuePolicy } from './write-queue-policy.js'
