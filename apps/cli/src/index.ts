/**
 * Halfrate, the half-price route for Claude: the command `halfrate`, and for programs its library, which is that of
 * `@halfrate/runtime` with key and address from the environment. It must never decide anything that core does not. Begin
 * reading at {@link openHalfrate}.
 */

// what is thrown, and what requests are
export {
  ConfigError,
  type ErrorCode,
  HalfrateError,
  InvalidInputError,
  type QueuePolicy,
  type ReasonCode,
  type RequestLife,
  StoreAccessError,
  StoreClosedError,
  StoreForeignError,
  StoreNewerError,
  StoreUnavailableError,
  WorkerRunningError,
} from '@halfrate/core'
export type { NewRequest } from '@halfrate/core/intake'
export {
  BudgetReachedError,
  type BudgetReport,
  type CacheCosts,
  type CanceledRows,
  type CostEstimate,
  type CostFigures,
  type CostLine,
  type CostsOptions,
  type CostsReport,
  type EmulatorHome,
  type EndedResult,
  type Enqueued,
  type EnqueueOptions,
  type EstimateReport,
  type EstimateRowsOptions,
  type FastClock,
  type Halfrate,
  type HalfrateOptions,
  type HalfrateQueue,
  type InboxCounts,
  type Job,
  type JobOptions,
  type JobReport,
  KeyTakenError,
  type ModelCost,
  type NotTakenResult,
  type OnResultOptions,
  type OutputCheck,
  type OutputIssue,
  type OutputSchema,
  type QueueOptions,
  type QueueResults,
  type QueueResultsOptions,
  type ReceivedBlock,
  type ReceivedMessage,
  type Result,
  type ResultDelivery,
  type ResultError,
  type ResultFacts,
  type ResultHandler,
  type ResultSubscription,
  RowsChangedError,
  type RunOptions,
  type SucceededResult,
  type TickResult,
  type TransactionClient,
  type UsdRange,
} from '@halfrate/runtime'
export { openHalfrate } from './library/open-halfrate.js'
export {
  type ConfigSpan,
  defineConfig,
  type HalfrateConfig,
  type QueueConfig,
} from './settings/halfrate-config.js'
