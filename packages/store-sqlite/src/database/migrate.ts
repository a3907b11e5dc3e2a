import { StoreForeignError } from '@halfrate/core'
import {
  ALL_MIGRATIONS,
  type AppliedMigration,
  type Migration,
  missingMigrations,
  NEWEST_MIGRATION,
  StoreAccessError,
  sqliteFlavor,
  storeNewer,
} from '@halfrate/store-sql'
import type { Connection } from './connection.js'

/** "HaRa": what `file` and SQLite know our databases by. */
const APPLICATION_ID = 0x48615261

const READ_APPLICATION = 'PRAGMA application_id'
const COUNT_OBJECTS = 'SELECT count(*) AS count FROM sqlite_schema'
const HAS_MIGRATIONS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
const READ_MIGRATIONS = 'SELECT name, breaking FROM migrations ORDER BY name'
const MAKE_MIGRATIONS = `CREATE TABLE IF NOT EXISTS migrations (
  name TEXT NOT NULL PRIMARY KEY, breaking INTEGER NOT NULL, applied_at INTEGER NOT NULL) WITHOUT ROWID`
const ADD_MIGRATION = 'INSERT INTO migrations (name, breaking, applied_at) VALUES (?, ?, ?)'
const FIRST_ID = "INSERT INTO counters (name, value) VALUES ('next_id', 1) ON CONFLICT DO NOTHING"

/**
 * Reads whose database this is and which migrations it still needs. Writes nothing.
 *
 * @throws {StoreForeignError} when another program made it.
 * @throws {StoreNewerError} when a newer version of ours wrote it, in a way that this one can't work with.
 * @throws {StoreAccessError} when it may only be read and would have to be migrated first.
 */
export function readIdentity(
  db: Connection,
  { path, readOnly }: { readonly path: string; readonly readOnly: boolean },
): readonly Migration[] {
  const application = db.get<{ application_id: number }>(READ_APPLICATION)?.application_id
  if (application !== APPLICATION_ID) {
    // A crash before the first migration was whole leaves nothing behind, and that is begun anew.
    const isEmpty = application === 0 && db.get<{ count: number }>(COUNT_OBJECTS)?.count === 0
    if (!isEmpty || readOnly) {
      throw new StoreForeignError(
        path,
        'it is a database of another program, not a Halfrate store.',
      )
    }
    return ALL_MIGRATIONS
  }
  const isBegun = db.get(HAS_MIGRATIONS) !== undefined
  const applied = isBegun ? db.all<AppliedMigration>(READ_MIGRATIONS) : []
  const missing = missingMigrations(applied, path)
  if (readOnly && missing.length > 0) {
    throw new StoreAccessError(
      `${path}: an older version of Halfrate wrote it.`,
      'Open it for writing once, so that it can be brought up to date.',
    )
  }
  return missing
}

/** Brings the schema up to date, in one transaction: a crash leaves the database as it was. */
export function migrate(
  db: Connection,
  options: { readonly path: string; readonly now: () => number },
): void {
  if (readIdentity(db, { ...options, readOnly: false }).length === 0) return
  db.transaction(() => {
    // Asked again with the lock held: another process may have been quicker.
    const missing = readIdentity(db, { ...options, readOnly: false })
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.run(MAKE_MIGRATIONS)
    for (const migration of missing) {
      for (const statement of migration.statements(sqliteFlavor)) db.run(statement)
      db.run(ADD_MIGRATION, migration.name, migration.breaking ? 1 : 0, options.now())
    }
    db.run(FIRST_ID)
  })
}

// One seek at the end of a short key.
const NEWER =
  'SELECT name FROM migrations WHERE name > ? AND breaking = 1 ORDER BY name DESC LIMIT 1'

/**
 * Passes unless a newer version has changed the store since it was opened. Asked in the transaction that would write, so that
 * nobody can change it in between.
 *
 * @throws {StoreNewerError} when one has, in a way that this version can't work with; nothing was written.
 */
export function checkNotNewer(db: Connection): void {
  const newer = db.get<{ name: string }>(NEWER, NEWEST_MIGRATION)
  if (newer !== undefined) throw storeNewer(db.path, newer.name)
}
