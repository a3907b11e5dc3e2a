import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { benchFolder } from './payload.js'

const ROWS_PER_TRANSACTION = 10_000

/** A plain table of better-sqlite3, WAL and FULL, filled in transactions of 10,000: what a script would do. */
export class RawTable {
  readonly #database: Database.Database
  readonly #insert: Database.Statement
  #pending = 0

  constructor(name: string) {
    const path = join(benchFolder(), `${name}.db`)
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    this.#database = new Database(path)
    this.#database.pragma('journal_mode = WAL')
    this.#database.pragma('synchronous = FULL')
    this.#database.exec('CREATE TABLE rows (id INTEGER PRIMARY KEY, key TEXT, params BLOB)')
    this.#insert = this.#database.prepare('INSERT INTO rows (key, params) VALUES (?, ?)')
    this.#database.exec('BEGIN')
  }

  add(key: string, params: Buffer): void {
    this.#insert.run(key, params)
    this.#pending += 1
    if (this.#pending < ROWS_PER_TRANSACTION) return
    this.#database.exec('COMMIT')
    this.#database.exec('BEGIN')
    this.#pending = 0
  }

  end(): void {
    this.#database.exec('COMMIT')
    this.#database.close()
  }
}

/** Splits a buffer at its line feeds. */
export function* linesOf(buffer: Buffer): Generator<Buffer> {
  let from = 0
  for (let to = buffer.indexOf(10, from); to !== -1; to = buffer.indexOf(10, from)) {
    yield buffer.subarray(from, to)
    from = to + 1
  }
  if (from < buffer.length) yield buffer.subarray(from)
}
