import { NEWEST_MIGRATION } from '@halfrate/store-sql'
import pg from 'pg'
import type { Timeouts } from './timeouts.js'

/**
 * How a transaction sees the database. `page` and `snapshot`: all of its reads are of one moment; those of a page go by
 * keys, those of a snapshot may go through whole tables.
 */
export type Mode = 'write' | 'read' | 'page' | 'snapshot'

/** What every transaction sets for itself, so that nothing has to be kept in a session. */
export interface SessionSettings {
  readonly schema: string
  readonly timeouts: Pick<Timeouts, 'statementMs' | 'lockMs' | 'idleInTransactionMs' | 'connectMs'>
}

/** The database's clock in epoch milliseconds, as SQL. */
export const DATABASE_CLOCK = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::int8'

// A step takes locks and then reads what was committed meanwhile, so a database's own default must not freeze its sight.
const BEGIN: Readonly<Record<Mode, string>> = {
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  read: 'BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY',
  page: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  snapshot: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
}

/**
 * Begins a transaction, with its settings, in one round trip; the last row bears `now` and `is_replica`. One that writes, once the
 * store is made, answers before it as `newer` a breaking migration that this version does not know, if there is one.
 */
export function beginText(mode: Mode, settings: SessionSettings, isMade: boolean): string {
  const newer = isMade && mode === 'write' ? `${newerText(settings)}; ` : ''
  return `${BEGIN[mode]}; ${newer}${startText(mode, settings)}`
}

// It also keeps the table of migrations from being locked until the transaction is over: a breaking one waits for that. Whoever
// comes while it is made waits in turn: for a lock, which the server ends, and before a client takes the silence for a connection
// that is lost. A table is locked before a statement sets anything, so this is set by one of its own.
function newerText({ schema, timeouts: { lockMs, connectMs } }: SessionSettings): string {
  return `SET LOCAL lock_timeout = ${Math.min(lockMs, Math.ceil(connectMs / 2))};
    SELECT name AS newer FROM ${pg.escapeIdentifier(schema)}.migrations
      WHERE name > ${pg.escapeLiteral(NEWEST_MIGRATION)} AND breaking = 1 LIMIT 1`
}

/** Settings of the running transaction, and its `now` and `is_replica`. */
export function startText(mode: Mode, settings: SessionSettings): string {
  const { statementMs, lockMs, idleInTransactionMs } = settings.timeouts
  const values: Readonly<Record<string, string>> = {
    // Temporary tables last, so that none of theirs stands for one of ours.
    search_path: `${pg.escapeIdentifier(settings.schema)}, pg_temp`,
    statement_timeout: `${statementMs}`,
    lock_timeout: `${lockMs}`,
    idle_in_transaction_session_timeout: `${idleInTransactionMs}`,
    jit: 'off',
    // A table that was empty when its statistics were made is read from end to end otherwise, with millions of rows, or
    // a page of a run of its key after all of the run was sorted, or all attempts of a batch for each of its requests.
    ...(mode !== 'snapshot' && { enable_seqscan: 'off', enable_bitmapscan: 'off' }),
  }
  const sets = Object.entries(values).map(
    ([name, value]) => `set_config('${name}', ${pg.escapeLiteral(value)}, true)`,
  )
  return `SELECT ${[...sets, DURABLE].join(', ')}, pg_is_in_recovery() AS is_replica, ${DATABASE_CLOCK} AS now`
}

// An intent that a crash of the server forgets would be sent twice.
const DURABLE = `CASE WHEN current_setting('synchronous_commit') = 'off'
  THEN set_config('synchronous_commit', 'on', true) END`
