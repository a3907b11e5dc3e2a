import type { EpochMs } from '@halfrate/core'
import { loadDriver } from './database/load-driver.js'
import { Names } from './database/names.js'
import { openDatabase } from './database/open-database.js'
import { EndedRequests } from './ended-requests.js'
import { LoopTurns } from './loop-turns.js'
import { SqliteStore } from './sqlite-store.js'

/** Where a store is and how it is opened. */
export interface SqliteStoreOptions {
  /** A file on a local disk, made when there is none, or `:memory:` for a store that ends with the process. */
  readonly path: string
  /** The store's clock, in epoch milliseconds. Default: the machine's. */
  readonly now?: (() => EpochMs) | undefined
  /** Most rows in one call, 100 or more; a call of so many blocks the process for their time. Default 2,000. */
  readonly pageLimit?: number | undefined
  /**
   * How long calls, one after the other, may keep the event loop to themselves, milliseconds; Infinity for as long as
   * they last. Default 20.
   */
  readonly turnEveryMs?: number | undefined
  /** Whether only reads are allowed; then the file must be there. Default false. */
  readonly readOnly?: boolean | undefined
}

/**
 * Opens the embedded store, and makes its file when there is none.
 *
 * One worker at a time may run on it; any number of other processes may read and enqueue beside it.
 *
 * @throws {HalfrateError} `unsupported_node` on a Node older than 22.18.
 * @throws {StoreForeignError} when the path is a directory, no database, or another program's.
 * @throws {StoreNewerError} when a newer version wrote it.
 * @throws {StoreUnavailableError} when it can't be read or written; the error says what to do.
 *
 * @example
 * const store = await openSqliteStore({ path: 'halfrate.db' })
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, now = Date.now, pageLimit = 2_000, readOnly = false, turnEveryMs = 20 } = options
  const Driver = await loadDriver()
  const { db, reader } = openDatabase(Driver, { path, readOnly, now })
  const ended = new EndedRequests()
  const session = { db, reader, names: new Names(db), ended, now, pageLimit }
  const monotonicMs = (): number => performance.now()
  return new SqliteStore(session, new LoopTurns({ everyMs: turnEveryMs, monotonicMs }))
}
