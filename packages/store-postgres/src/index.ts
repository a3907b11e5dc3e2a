/**
 * The store of Halfrate on PostgreSQL: any number of workers on one database. It must never decide anything that
 * another store could decide differently; that is core's. Read on in postgres-store.ts, and in store-sql for the tables.
 */

export { StoreAccessError } from '@halfrate/store-sql'
export type {
  EnqueueInTransactionParams,
  EnqueueInTransactionResult,
} from './enqueueing/enqueue-in-transaction.js'
export type { TransactionClient } from './enqueueing/transaction-client.js'
export type { InboxCounts } from './inbox/count-inbox.js'
export type { MovedInbox, MoveInboxParams } from './inbox/move-inbox.js'
export { openPostgresStore, type PostgresStoreOptions } from './open-postgres-store.js'
export type { PostgresStore } from './postgres-store.js'
