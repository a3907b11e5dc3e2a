/**
 * What the SQL stores of Halfrate share: tables, migrations, the mapping of rows, and cold reads as compiled
 * statements. It must never import a database driver or run a statement. Read on in store-sqlite and store-postgres, which do.
 */

// errors
export { StoreAccessError } from '@halfrate/core'
// text and numbers in tables
export { type AnyText, anyTextOf, textOfAny } from './any-text.js'
export { CodeBook } from './code-book.js'
export {
  jobStates,
  outcomeTypes,
  quarantineReasons,
  reasonCodes,
  remoteStatuses,
  requestStates,
  requestStatuses,
  submissionStates,
  usabilities,
  verdictCode,
  verdictOfCode,
} from './codes.js'
// schema
export { postgresFlavor, type SqlFlavor, sqliteFlavor } from './flavor.js'
export { ALL_MIGRATIONS } from './migrations/all-migrations.js'
export type { Migration } from './migrations/migration.js'
export {
  type AppliedMigration,
  missingMigrations,
  NEWEST_MIGRATION,
  storeNewer,
} from './migrations/missing-migrations.js'
export {
  type BudgetUseRow,
  type BudgetUseScope,
  budgetUseQuery,
  keepSpentQuery,
  spentOfSubmissionQuery,
} from './reads/budget-use-query.js'
// cold reads
export {
  costAttemptsQuery,
  costRowsOf,
  costSubmissionsQuery,
  jobNamesQuery,
} from './reads/cost-rows.js'
export { listRequestsQuery } from './reads/list-requests.js'
export { postgresQueries, Queries, type QueryWords, sqliteQueries } from './reads/queries.js'
export {
  type BatchesOfQueue,
  type QueueRows,
  type QueueStatements,
  queueOverviewsOf,
  queueStatements,
  type WaitingInQueue,
} from './reads/queue-overviews.js'
export {
  type CountRow,
  countRequestsQuery,
  type MoneyRow,
  moneyQuery,
  type WhereaboutsRow,
  whereaboutsQuery,
} from './reads/report-queries.js'
export {
  attemptsOfRequestQuery,
  type ChainRow,
  type ChildBodyRow,
  childBodiesQuery,
  childBodyOf,
  type KeyRow,
  keyQuery,
  olderRequestsQuery,
  requestByIdQuery,
  requestsByIdQuery,
} from './reads/request-life.js'
export {
  attemptsOfRequestsQuery,
  listedRequestsQuery,
  looseRequestsQuery,
  type PlainAttemptRow,
  type ResultLineRow,
  resultLinesQuery,
  unpricedAttemptsQuery,
} from './reads/result-rows.js'
export type { ScopeIds } from './reads/scope.js'
export {
  plainSpendingQuery,
  type SpendingRow,
  type SpendingScope,
  spendingQuery,
} from './reads/spending-query.js'
export { submissionsOfQuery } from './reads/submissions-of.js'
// rows
export { removedAtOnce } from './removed-at-once.js'
export {
  ATTEMPT_COLUMNS,
  type AttemptRow,
  attemptOf,
  USAGE_COLUMNS,
  type UsageRow,
} from './rows/attempt-row.js'
export { ackFactsOf, deliveryOf, requestIdsOf } from './rows/delivery-row.js'
export { jobOf, partFactsOf } from './rows/job-row.js'
export type { NameOf } from './rows/name-of.js'
export {
  REQUEST_COLUMNS,
  type RequestRow,
  requestOf,
  resultOf,
  verdictOf,
} from './rows/request-row.js'
export {
  type ColumnValue,
  columnsOfChanges,
  type SqlValue,
  type SubmissionChanges,
  submissionOf,
} from './rows/submission-row.js'
export type {
  AttemptsTable,
  BodiesTable,
  DeliveriesTable,
  JobsTable,
  KeysTable,
  NamesTable,
  PrefixesTable,
  ProgressTable,
  QuarantineTable,
  RequestsNow,
  RequestsTable,
  ResultsTable,
  SubmissionsTable,
  Tables,
  WaitingTable,
} from './tables.js'
// checks
export type { BrokenRow, Check, KeyRange } from './verify/check.js'
export { brokenDeliveries } from './verify/delivery-check.js'
export { requestChecks } from './verify/request-checks.js'
export { storeChecks } from './verify/store-checks.js'
export { attemptChecks, submissionChecks } from './verify/submission-checks.js'
