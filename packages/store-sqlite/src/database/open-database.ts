import { StoreForeignError } from '@halfrate/core'
import type { Database } from 'better-sqlite3'
import { checkPlace } from './check-place.js'
import { Connection } from './connection.js'
import type { Driver } from './load-driver.js'
import { migrate, readIdentity } from './migrate.js'
import { translateError } from './translate-error.js'

/** How long a write waits for another process's, milliseconds. It blocks this process meanwhile. */
const BUSY_MS = 10_000
/** Megabytes of pages that the writing connection keeps. */
const CACHE_MB = 48
/** Of the reading one: the upper pages of its trees. What it reads in bulk, such as bodies, it reads once. */
const READER_CACHE_MB = 3

/** The connections of an open store. In memory, and read-only, they are the same one. */
export interface OpenDatabase {
  readonly db: Connection
  readonly reader: Connection
}

/** Opens the store's file, and makes it when there is none. */
export function openDatabase(
  Driver: Driver,
  options: { readonly path: string; readonly readOnly: boolean; readonly now: () => number },
): OpenDatabase {
  const { path, readOnly } = options
  try {
    if (path === ':memory:') return openInMemory(Driver, options)
    checkPlace(path, readOnly)
    return readOnly ? openReadOnly(Driver, path) : openOnDisk(Driver, options)
  } catch (error) {
    throw foreignOr(translateError(error, path), error, path)
  }
}

// At this moment "not a database" says what the file is; later it says what became of it.
function foreignOr(translated: unknown, error: unknown, path: string): unknown {
  const isForeign = error instanceof Error && 'code' in error && error.code === 'SQLITE_NOTADB'
  return isForeign
    ? new StoreForeignError(path, 'it is not a Halfrate store, nor any SQLite database.', {
        cause: error,
      })
    : translated
}

function openInMemory(
  Driver: Driver,
  options: { readonly path: string; readonly now: () => number },
): OpenDatabase {
  const database = new Driver(':memory:')
  return closingOnError([database], () => {
    const db = new Connection(database, options.path)
    migrate(db, options)
    return { db, reader: db }
  })
}

function openReadOnly(Driver: Driver, path: string): OpenDatabase {
  const database = new Driver(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS })
  return closingOnError([database], () => {
    const db = new Connection(database, path)
    readIdentity(db, { path, readOnly: true })
    return { db, reader: db }
  })
}

function openOnDisk(
  Driver: Driver,
  options: { readonly path: string; readonly now: () => number },
): OpenDatabase {
  const { path } = options
  const database = new Driver(path, { timeout: BUSY_MS })
  const opened = [database]
  return closingOnError(opened, () => {
    const db = new Connection(database, path)
    // Asked before anything is written: another program's database must stay as it is.
    readIdentity(db, { path, readOnly: false })
    configureWriter(database)
    migrate(db, options)
    const reading = new Driver(path, { readonly: true, fileMustExist: true, timeout: BUSY_MS })
    opened.push(reading)
    reading.pragma(`cache_size = ${-READER_CACHE_MB * 1024}`)
    return { db, reader: new Connection(reading, path) }
  })
}

// FULL makes every commit durable before it answers: an intent that a power cut forgets would be sent twice.
function configureWriter(database: Database): void {
  // Eight kilobytes hold three bodies of two, where four would hold one. Only a new file takes it.
  database.pragma('page_size = 8192')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('fullfsync = ON')
  database.pragma('checkpoint_fullfsync = ON')
  database.pragma('foreign_keys = OFF')
  database.pragma(`cache_size = ${-CACHE_MB * 1024}`)
  // Scattered rows are written several times before a checkpoint copies them once.
  database.pragma('wal_autocheckpoint = 8000')
  database.pragma('journal_size_limit = 67108864')
  database.pragma('temp_store = MEMORY')
}

function closingOnError(databases: readonly Database[], open: () => OpenDatabase): OpenDatabase {
  try {
    return open()
  } catch (error) {
    for (const database of databases) database.close()
    throw error
  }
}
