import { setTimeout as sleep } from 'node:timers/promises'
import {
  type EpochMs,
  InvariantError,
  StoreClosedError,
  StoreUnavailableError,
} from '@halfrate/core'
import type { Pool, PoolClient } from 'pg'
import { Connection } from './connection.js'
import {
  beginText,
  DATABASE_CLOCK,
  type Mode,
  type SessionSettings,
  startText,
} from './session-settings.js'
import { translateError, troubleOf } from './translate-error.js'

/** How a {@link Database} works. */
export interface DatabaseOptions {
  readonly pool: Pool
  /** The store as it may be printed. */
  readonly place: string
  readonly settings: SessionSettings
  /** Whether connections are ours alone, so that the server may keep statements for them. */
  readonly keepsStatements: boolean
  /** The store's clock; null for the database's own. */
  readonly now: (() => EpochMs) | null
  /** A number from 0 to below 1, for the waits between tries. */
  readonly random: () => number
}

/** What a transaction works with. */
export interface Transaction {
  readonly db: Connection
  /** The store's clock when it began. */
  readonly now: EpochMs
  /** The store's clock at this moment, for a step that may have waited for a lock. */
  readonly clock: () => Promise<EpochMs>
}

const MOST_TRIES = 12
const FIRST_WAIT_MS = 10
const LONGEST_WAIT_MS = 1_000

const ROW_SECURITY = `SELECT coalesce(bool_or(row_security_active(oid)), false) AS is_active FROM pg_class
  WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND relkind IN ('r', 'p')`

const READ_CLOCK = `SELECT ${DATABASE_CLOCK} AS now`

interface StartRow {
  readonly now: number
  readonly is_replica: 0 | 1
}

/** Runs steps, each in one transaction on a connection of the pool, and again where that is safe. */
export class Database {
  readonly #options: DatabaseOptions
  readonly #names = new Map<string, string>()
  #isClosed = false
  #hasRowSecurity = false

  constructor(options: DatabaseOptions) {
    this.#options = options
  }

  /** The store as it may be printed. */
  get place(): string {
    return this.#options.place
  }

  /** Looks whether policies of row-level security apply to us: COPY into a table is refused then. */
  async noteRowSecurity(): Promise<void> {
    const row = await this.run('read', ({ db }) => db.get<{ is_active: 0 | 1 }>(ROW_SECURITY))
    this.#hasRowSecurity = row?.is_active === 1
  }

  /**
   * Runs a step: whole, or not at all. A conflict with another transaction, and a connection that was lost before the
   * commit was sent, repeat it from the start, a few times.
   *
   * @throws {StoreUnavailableError} when it did not work out, or when the answer to the commit was lost: then it may
   * have happened.
   */
  async run<T>(mode: Mode, step: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#again(() => this.#once(mode, step))
  }

  /** Runs one statement in a transaction of its own, in one round trip, and answers its only row. See {@link once}. */
  async single<Row>(sql: string): Promise<Row> {
    const row = await this.once<Row>(sql)
    if (row === undefined) throw new InvariantError('A statement came back without its row.')
    return row
  }

  /**
   * Runs one statement in a transaction of its own, in one round trip, and answers its first row; undefined for none. It
   * is safe to repeat, and bears its values in its text.
   */
  async once<Row>(sql: string): Promise<Row | undefined> {
    return this.#again(async () => {
      const client = await this.#connect()
      try {
        const results = (await client.query(
          `${startText('write', this.#options.settings)}; ${sql}`,
        )) as unknown
        const [start, answer] = results as [{ rows: StartRow[] }, { rows: Row[] }]
        this.#checkPrimary(start.rows[0])
        client.release()
        return answer.rows[0]
      } catch (error) {
        client.release(troubleOf(error) === 'connection')
        throw error
      }
    })
  }

  /** The store's clock. */
  async now(): Promise<EpochMs> {
    this.#check()
    const { now } = this.#options
    if (now !== null) return now()
    return (await this.single<StartRow>(READ_CLOCK)).now
  }

  /** The store's clock as SQL: a number in tests, else the database's. */
  get clock(): string {
    const { now } = this.#options
    return now === null ? DATABASE_CLOCK : String(Math.floor(now()))
  }

  /** The clock that a test set, as it is now; null when time is the database's. */
  get testClock(): EpochMs | null {
    return this.#options.now?.() ?? null
  }

  async close(): Promise<void> {
    this.#check()
    this.#isClosed = true
    await this.#options.pool.end()
  }

  async #again<T>(run: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      this.#check()
      try {
        return await run()
      } catch (error) {
        if (tried === MOST_TRIES || troubleOf(error) === 'other') {
          throw translateError(error, this.#options.place)
        }
        await sleep(this.#waitMs(tried))
      }
    }
  }

  // Full jitter, so that those who met once do not meet again.
  #waitMs(tried: number): number {
    return this.#options.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried)
  }

  async #once<T>(mode: Mode, step: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#connect()
    const end = { isCommitting: false, isBroken: false }
    try {
      const transaction = await this.#begin(client, mode)
      const value = await step(transaction)
      end.isCommitting = mode === 'write'
      await commit(client)
      return value
    } catch (error) {
      end.isBroken = !(await isRolledBack(client, error))
      throw end.isCommitting && end.isBroken ? lostCommit(error, this.#options.place) : error
    } finally {
      client.release(end.isBroken)
    }
  }

  async #begin(client: PoolClient, mode: Mode): Promise<Transaction> {
    const results = (await client.query(beginText(mode, this.#options.settings))) as unknown
    const start = (results as { rows: StartRow[] }[]).at(-1)?.rows[0]
    this.#checkPrimary(start)
    const { now } = this.#options
    const db = new Connection(client, {
      nameOf: (sql) => this.#nameOf(sql),
      copiesIntoTables: !this.#hasRowSecurity,
    })
    const clock = async (): Promise<EpochMs> =>
      now === null ? ((await db.get<{ now: number }>(READ_CLOCK))?.now ?? start.now) : now()
    return { db, now: now === null ? start.now : now(), clock }
  }

  #checkPrimary(start: StartRow | undefined): asserts start is StartRow {
    if (start === undefined) throw new InvariantError('A transaction began without the time.')
    if (start.is_replica !== 1) return
    throw new StoreUnavailableError(
      `${this.#options.place}: this server is a replica; decisions are made on the primary.`,
    )
  }

  #nameOf(sql: string): string | undefined {
    if (!this.#options.keepsStatements) return undefined
    const known = this.#names.get(sql)
    if (known !== undefined) return known
    const name = `halfrate_${this.#names.size + 1}`
    this.#names.set(sql, name)
    return name
  }

  #connect(): Promise<PoolClient> {
    this.#check()
    return this.#options.pool.connect()
  }

  #check(): void {
    if (this.#isClosed) throw new StoreClosedError()
  }
}

async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT')
  // What a server answers to the commit of a transaction that had failed.
  if (command !== 'COMMIT') throw new InvariantError(`A commit was answered with ${command}.`)
}

// True when nothing of the step is left and the connection can be used again.
async function isRolledBack(client: PoolClient, error: unknown): Promise<boolean> {
  if (troubleOf(error) === 'connection') return false
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

function lostCommit(error: unknown, place: string): StoreUnavailableError {
  return new StoreUnavailableError(
    `${place}: the connection broke before the answer to a commit came, so the step may have happened.`,
    { cause: error },
  )
}
