import { StoreClosedError } from '@halfrate/core'
import type { SqlValue } from '@halfrate/store-sql'
import type { Database, Statement } from 'better-sqlite3'
import { translateError } from './translate-error.js'

/**
 * When what a transaction wrote must be on the disk: before it answers, or before a later transaction that is `at_once`
 * answers. Whatever the disk has after a power cut, it never has a transaction without all those before it.
 */
export type Durability = 'at_once' | 'with_later'

// Source: https://www.sqlite.org/pragma.html#pragma_synchronous. In WAL mode NORMAL leaves out the sync of a commit and
// keeps those of a checkpoint; one sync of the log makes every transaction in it durable.
const SYNCHRONOUS: Readonly<Record<Durability, string>> = { at_once: 'FULL', with_later: 'NORMAL' }

/**
 * One connection with its prepared statements. Everything is synchronous, so a transaction can't be interrupted by
 * another call of this process.
 */
export class Connection {
  /** The file that it is open on. */
  readonly path: string
  readonly #database: Database
  readonly #statements = new Map<string, Statement<SqlValue[]>>()
  #durability: Durability | null = null

  constructor(database: Database, path: string) {
    this.#database = database
    this.path = path
  }

  /** The prepared statement for a text; the same text gives the same statement. */
  prepare(sql: string): Statement<SqlValue[]> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare<SqlValue[]>(sql)
    this.#statements.set(sql, statement)
    return statement
  }

  /** All rows. */
  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return this.prepare(sql).all(...values) as Row[]
  }

  /** The first row; undefined for none. */
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return this.prepare(sql).get(...values) as Row | undefined
  }

  /** Changes rows, and answers how many. */
  run(sql: string, ...values: SqlValue[]): number {
    return this.prepare(sql).run(...values).changes
  }

  /** Changes rows as {@link run} does, with values by name beside those by place. */
  runWith(sql: string, named: Readonly<Record<string, SqlValue>>, values: SqlValue[]): number {
    // The driver takes a list and names in one call, which its types don't say.
    const statement = this.prepare(sql) as unknown as Statement<[SqlValue[], typeof named]>
    return statement.run(values, named).changes
  }

  /**
   * Runs a step in a transaction that takes the write lock at once: one that begins with reading and writes later
   * can fail at that moment, without waiting, when another process wrote in between.
   */
  transaction<T>(step: () => T, durability: Durability = 'at_once'): T {
    return this.guard(() => {
      this.#turnTo(durability)
      this.prepare('BEGIN IMMEDIATE').run()
      try {
        const value = step()
        this.prepare('COMMIT').run()
        return value
      } catch (error) {
        // SQLite may have rolled back by itself, on a full disk for one.
        if (this.#database.inTransaction) this.prepare('ROLLBACK').run()
        throw error
      }
    })
  }

  /** Runs reads that must see one state of the database. */
  snapshot<T>(step: () => T): T {
    return this.guard(() => {
      this.prepare('BEGIN').run()
      try {
        return step()
      } finally {
        if (this.#database.inTransaction) this.prepare('COMMIT').run()
      }
    })
  }

  /** Runs a step and translates the driver's errors. */
  guard<T>(step: () => T): T {
    if (!this.#database.open) throw new StoreClosedError()
    try {
      return step()
    } catch (error) {
      throw translateError(error, this.path)
    }
  }

  // Outside a transaction only; inside one it would change nothing.
  #turnTo(durability: Durability): void {
    if (durability === this.#durability) return
    this.#database.pragma(`synchronous = ${SYNCHRONOUS[durability]}`)
    this.#durability = durability
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}
