import { setTimeout as sleep } from 'node:timers/promises'
import {
  type EpochMs,
  InvariantError,
  StoreClosedError,
  StoreUnavailableError,
} from '@halfrate/core'
import { storeNewer } from '@halfrate/store-sql'
import type { Pool, PoolClient } from 'pg'
import { CallLimit } from './call-limit.js'
import { type BoundedQuery, Connection } from './connection.js'
import { Connections } from './connections.js'
import {
  beginText,
  DATABASE_CLOCK,
  type Mode,
  type SessionSettings,
  startText,
} from './session-settings.js'
import type { Timeouts } from './timeouts.js'
import { translateError, troubleOf } from './translate-error.js'

/** How a {@link Database} works. */
export interface DatabaseOptions {
  readonly pool: Pool
  /** The store as it may be printed. */
  readonly place: string
  readonly settings: SessionSettings
  readonly timeouts: Timeouts
  /** Whether connections are ours alone, so that the server may keep statements for them. */
  readonly keepsStatements: boolean
  /** The store's clock; null for the database's own. */
  readonly now: (() => EpochMs) | null
  /** A number from 0 to below 1, for the waits between tries. */
  readonly random: () => number
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
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

/** An answer to one of the statements that begin a transaction. */
interface BeginResult {
  readonly rows: readonly (StartRow & { readonly newer?: string })[]
}

/** Runs steps, each in one transaction on a connection of the pool, and again where that is safe. */
export class Database {
  readonly #options: DatabaseOptions
  readonly #connections: Connections
  readonly #names = new Map<string, string>()
  #isClosed = false
  #hasRowSecurity = false
  #isMade = false

  constructor(options: DatabaseOptions) {
    this.#options = options
    this.#connections = new Connections(options)
  }

  /** The store as it may be printed. */
  get place(): string {
    return this.#options.place
  }

  /** From here on a step that writes is refused once a newer version has changed the store. */
  noteMade(): void {
    this.#isMade = true
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
   * @param callMs - how long it may take with all tries, milliseconds; that of every call unless it is said.
   * @throws {StoreUnavailableError} when it did not work out, or not in time, or when the answer to the commit was lost:
   * then it may have happened.
   */
  async run<T>(
    mode: Mode,
    step: (transaction: Transaction) => Promise<T>,
    callMs: number = this.#options.timeouts.callMs,
  ): Promise<T> {
    return this.#again(callMs, (limit) => this.#once(mode, step, limit))
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
    const { settings, timeouts } = this.#options
    return this.#again(timeouts.callMs, async (limit) => {
      const client = await this.#connect(limit)
      try {
        const text = `${startText('write', settings)}; ${sql}`
        const query: BoundedQuery = { text, query_timeout: limit.answerMs() }
        const results = (await client.query(query)) as unknown
        const [start, answer] = results as [{ rows: StartRow[] }, { rows: Row[] }]
        this.#checkStart(start.rows[0])
        this.#connections.giveBack(client)
        return answer.rows[0]
      } catch (error) {
        if (troubleOf(error) === 'connection') this.#connections.throwAway(client, error)
        else this.#connections.giveBack(client)
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
    await this.#connections.end()
  }

  async #again<T>(callMs: number, run: (limit: CallLimit) => Promise<T>): Promise<T> {
    const { place, monotonicMs, timeouts } = this.#options
    const limit = new CallLimit({ place, callMs, answerMs: timeouts.answerMs, monotonicMs })
    for (let tried = 1; ; tried += 1) {
      this.#check()
      try {
        return await run(limit)
      } catch (error) {
        if (tried === MOST_TRIES || troubleOf(error) === 'other') throw translateError(error, place)
        const waitMs = this.#waitMs(tried)
        if (waitMs >= limit.leftMs) throw limit.exceeded(error)
        await sleep(waitMs)
      }
    }
  }

  // Full jitter, so that those who met once do not meet again.
  #waitMs(tried: number): number {
    return this.#options.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tried)
  }

  async #once<T>(
    mode: Mode,
    step: (transaction: Transaction) => Promise<T>,
    limit: CallLimit,
  ): Promise<T> {
    const client = await this.#connect(limit)
    let isCommitting = false
    try {
      const transaction = await this.#begin(client, mode, limit)
      const value = await step(transaction)
      isCommitting = mode === 'write'
      await commit(client, limit)
      this.#connections.giveBack(client)
      return value
    } catch (error) {
      if (await isRolledBack(client, error, limit)) {
        this.#connections.giveBack(client)
        throw error
      }
      this.#connections.throwAway(client, error)
      throw isCommitting ? lostCommit(error, this.#options.place) : error
    }
  }

  async #begin(client: PoolClient, mode: Mode, limit: CallLimit): Promise<Transaction> {
    const { settings, timeouts, now } = this.#options
    // The first answer takes no time, so a connection that the network forgot is found by it and soon.
    const query_timeout = Math.min(timeouts.connectMs, limit.answerMs())
    const query: BoundedQuery = { text: beginText(mode, settings, this.#isMade), query_timeout }
    const results = (await client.query(query)) as unknown as readonly BeginResult[]
    const newer = results.at(-2)?.rows[0]?.newer
    if (newer !== undefined) throw storeNewer(this.#options.place, newer)
    const start = results.at(-1)?.rows[0]
    this.#checkStart(start)
    const db = new Connection(client, {
      nameOf: (sql) => this.#nameOf(sql),
      copiesIntoTables: !this.#hasRowSecurity,
      answerMs: limit.answerMs,
    })
    const clock = async (): Promise<EpochMs> =>
      now === null ? ((await db.get<{ now: number }>(READ_CLOCK))?.now ?? start.now) : now()
    return { db, now: now === null ? start.now : now(), clock }
  }

  #checkStart(start: StartRow | undefined): asserts start is StartRow {
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

  #connect(limit: CallLimit): Promise<PoolClient> {
    this.#check()
    return this.#connections.take(limit)
  }

  #check(): void {
    if (this.#isClosed) throw new StoreClosedError()
  }
}

async function commit(client: PoolClient, limit: CallLimit): Promise<void> {
  const query: BoundedQuery = { text: 'COMMIT', query_timeout: limit.answerMs() }
  const { command } = await client.query(query)
  // What a server answers to the commit of a transaction that had failed.
  if (command !== 'COMMIT') throw new InvariantError(`A commit was answered with ${command}.`)
}

// True when nothing of the step is left and the connection can be used again.
async function isRolledBack(
  client: PoolClient,
  error: unknown,
  limit: CallLimit,
): Promise<boolean> {
  if (troubleOf(error) === 'connection') return false
  try {
    const query: BoundedQuery = { text: 'ROLLBACK', query_timeout: limit.answerMs() }
    await client.query(query)
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
