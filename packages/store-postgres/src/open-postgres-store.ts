import { ConfigError, type EpochMs, InvariantError } from '@halfrate/core'
import type { Durability } from './database/check-durability.js'
import { Database } from './database/database.js'
import { migrate } from './database/migrate.js'
import { listeningConnection, openPool, placeOf } from './database/open-pool.js'
import { timeoutsOf } from './database/timeouts.js'
import { keepForDelivery } from './delivering/keep-for-delivery.js'
import { WorkListener } from './listening/work-listener.js'
import { PostgresStore } from './postgres-store.js'
import { Session } from './session.js'

/** Where a store is and how it is used. */
export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; what it leaves out comes from the driver's usual places. */
  readonly url: string
  /** The schema that holds the tables, made when there is none. Default `halfrate`. */
  readonly schema?: string | undefined
  /**
   * What stands between us and the server. `none`: connections are ours alone. `transaction`: a pooler such as
   * PgBouncer gives us another one for every transaction, so nothing is kept in a session. Default `none`.
   */
  readonly pooler?: 'none' | 'transaction' | undefined
  /** Most connections of this process, 1 to 1,000. Default 10. */
  readonly poolSize?: number | undefined
  /** Most rows in one call, 1 or more; below 100 only for tests, that see many pages. Default 20,000. */
  readonly pageLimit?: number | undefined
  /** How long a statement may take, milliseconds. Default 60,000. */
  readonly statementTimeoutMs?: number | undefined
  /** How long a statement waits for a lock before its step is tried again, milliseconds. Default 10,000. */
  readonly lockTimeoutMs?: number | undefined
  /** After how long the server ends a transaction whose process is gone, milliseconds. Default 60,000. */
  readonly idleInTransactionTimeoutMs?: number | undefined
  /** How long to wait for a connection, and for the first answer on it, milliseconds. Default 10,000. */
  readonly connectTimeoutMs?: number | undefined
  /**
   * How long one call may take with all of its tries, milliseconds; then it throws `StoreUnavailableError`. Making and
   * changing tables is not bounded by it. Default: twice `statementTimeoutMs` and ten seconds, time for a statement
   * that gets no answer and for the same again on another connection: 130,000.
   */
  readonly callTimeoutMs?: number | undefined
  /** Whether a store that is not there is made, and an older one brought up to date. Default true. */
  readonly make?: boolean | undefined
  /**
   * Whether a server with `fsync` or `full_page_writes` off is refused. `unchecked` is for tests, and for storage that can't
   * tear a page. A server, database or role can say so by itself: `SET halfrate.durability = 'unchecked'`. Default `checked`.
   */
  readonly durability?: Durability | undefined
  /** The store's clock, in epoch milliseconds, for tests and demos. Default: the database's, the same for all workers. */
  readonly now?: (() => EpochMs) | undefined
  /** Spreads repeated tries: a number from 0 to below 1. Default: the machine's chance. */
  readonly random?: (() => number) | undefined
}

/**
 * Opens a store on PostgreSQL 14 or newer, and makes its tables when there are none.
 *
 * Any number of workers, in any number of processes, may run on it.
 *
 * @throws {ConfigError} when an option can't be used.
 * @throws {StoreForeignError} when the schema is another program's, or the server can't hold a store.
 * @throws {StoreNewerError} when a newer version wrote it.
 * @throws {StoreUnavailableError} when the server can't be reached or refuses; the error says what to do.
 *
 * @example
 * const store = await openPostgresStore({ url: 'postgres://halfrate@db.internal/halfrate' })
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { schema = 'halfrate', pooler = 'none', poolSize = 10, pageLimit = 20_000 } = options
  const timeouts = timeoutsOf(options)
  const connectTimeoutMs = timeouts.connectMs
  const place = checkedPlace(options.url, schema)
  if (pageLimit < 1) throw new InvariantError('A page is one row or more.')
  const pool = openPool({
    url: options.url,
    poolSize,
    connectTimeoutMs,
    answerTimeoutMs: timeouts.answerMs,
  })
  const database = new Database({
    pool,
    place,
    settings: { schema, timeouts },
    timeouts,
    keepsStatements: pooler === 'none',
    now: options.now ?? null,
    random: options.random ?? Math.random,
    monotonicMs: () => performance.now(),
  })
  try {
    const { make = true, durability = 'checked' } = options
    await migrate(database, { schema, make, durability })
    database.noteMade()
    await database.noteRowSecurity()
  } catch (error) {
    await database.close()
    throw error
  }
  const random = options.random ?? Math.random
  // What a step ends is kept for delivery by the step itself, whichever it is.
  const session = new Session({ database, schema, pageLimit, beforeCommit: keepForDelivery })
  return new PostgresStore(session, (onWork) =>
    // A pooler hands connections from one to another, so nobody can listen through it.
    pooler === 'transaction'
      ? null
      : new WorkListener({
          open: () => listeningConnection({ url: options.url, connectTimeoutMs }),
          ...{ schema, onWork, random },
        }),
  )
}

// PostgreSQL cuts longer names off, and then two of them would be one.
const LONGEST_NAME_BYTES = 63

function checkedPlace(url: string, schema: string): string {
  const bytes = Buffer.byteLength(schema)
  if (schema === '' || schema.includes('\0') || bytes > LONGEST_NAME_BYTES) {
    throw new ConfigError(
      `A schema name has 1 to ${LONGEST_NAME_BYTES} bytes, not ${bytes}.`,
      'Choose a shorter one.',
    )
  }
  try {
    return placeOf(url, schema)
  } catch (cause) {
    // The driver's message can quote the URL, and with it the password.
    throw new ConfigError(
      'The URL of the store can’t be read.',
      'Write it as postgres://user:password@host:port/database; escape odd characters of the password with %.',
      { cause: cause instanceof Error ? cause.name : undefined },
    )
  }
}
