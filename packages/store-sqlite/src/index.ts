/**
 * The embedded default store of Halfrate, on SQLite: one file to back up, no server. It must never decide anything
 * that another store could decide differently; that is core's. Read on in sqlite-store.ts, and in store-sql for the
 * tables.
 */

export { StoreAccessError } from '@halfrate/store-sql'
export { openSqliteStore, type SqliteStoreOptions } from './open-sqlite-store.js'
export type { SqliteStore } from './sqlite-store.js'
