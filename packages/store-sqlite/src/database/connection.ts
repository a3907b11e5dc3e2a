import { StoreClosedError } from '@halfrate/core'
import type { SqlValue } from '@halfrate/store-sql'
import type { Database, Statement } from 'better-sqlite3'
import { translateError } from './translate-error.js'

/**
 * One connection with its prepared statements. Everything is synchronous, so a transaction can't be interrupted by
 * another call of this process.
 */
export class Connection {
  readonly #database: Database
  readonly #path: string
  readonly #statements = new Map<string, Statement<SqlValue[]>>()

  constructor(database: Database, path: string) {
    this.#database = database
    this.#path = path
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

  /**
   * Runs a step in a transaction that takes the write lock at once: one that begins with reading and writes later
   * can fail at that moment, without waiting, when another process wrote in between.
   */
  transaction<T>(step: () => T): T {
    return this.guard(() => {
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
      throw translateError(error, this.#path)
    }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }
}
