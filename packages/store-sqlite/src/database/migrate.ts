import { StoreForeignError, StoreNewerError } from '@halfrate/core'
import { ALL_MIGRATIONS, StoreAccessError, sqliteFlavor } from '@halfrate/store-sql'
import type { Connection } from './connection.js'

/** "HaRa": what `file` and SQLite know our databases by. */
const APPLICATION_ID = 0x48615261

const READ_APPLICATION = 'PRAGMA application_id'
const COUNT_OBJECTS = 'SELECT count(*) AS count FROM sqlite_schema'
const HAS_MIGRATIONS = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'"
const READ_MIGRATIONS = 'SELECT name FROM migrations ORDER BY name'
const MAKE_MIGRATIONS = `CREATE TABLE IF NOT EXISTS migrations (
  name TEXT NOT NULL PRIMARY KEY, breaking INTEGER NOT NULL, applied_at INTEGER NOT NULL) WITHOUT ROWID`
const ADD_MIGRATION = 'INSERT INTO migrations (name, breaking, applied_at) VALUES (?, ?, ?)'
const FIRST_ID = "INSERT INTO counters (name, value) VALUES ('next_id', 1) ON CONFLICT DO NOTHING"

/**
 * Reads whose database this is and which migrations it has. Writes nothing.
 *
 * @throws {StoreForeignError} when another program made it.
 * @throws {StoreNewerError} when a newer version of ours wrote it.
 * @throws {StoreAccessError} when it may only be read and would have to be migrated first.
 */
export function readIdentity(
  db: Connection,
  { path, readOnly }: { readonly path: string; readonly readOnly: boolean },
): readonly string[] {
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
    return []
  }
  const applied = db.get(HAS_MIGRATIONS) === undefined ? [] : namesOf(db)
  checkKnown(path, applied)
  if (readOnly && applied.length < ALL_MIGRATIONS.length) {
    throw new StoreAccessError(
      `${path}: an older version of Halfrate wrote it.`,
      'Open it for writing once, so that it can be brought up to date.',
    )
  }
  return applied
}

function namesOf(db: Connection): readonly string[] {
  return db.all<{ name: string }>(READ_MIGRATIONS).map((row) => row.name)
}

function checkKnown(path: string, applied: readonly string[]): void {
  const known = ALL_MIGRATIONS.map((migration) => migration.name)
  const found = applied.findLast((name) => !known.includes(name))
  if (found !== undefined)
    throw new StoreNewerError({ path, found, newest: known.at(-1) ?? 'none' })
}

/** Brings the schema up to date, in one transaction: a crash leaves the database as it was. */
export function migrate(
  db: Connection,
  options: { readonly path: string; readonly now: () => number },
): void {
  if (readIdentity(db, { ...options, readOnly: false }).length === ALL_MIGRATIONS.length) return
  db.transaction(() => {
    // Asked again with the lock held: another process may have been quicker.
    const applied = readIdentity(db, { ...options, readOnly: false })
    db.run(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.run(MAKE_MIGRATIONS)
    for (const migration of ALL_MIGRATIONS) {
      if (applied.includes(migration.name)) continue
      for (const statement of migration.statements(sqliteFlavor)) db.run(statement)
      db.run(ADD_MIGRATION, migration.name, migration.breaking ? 1 : 0, options.now())
    }
    db.run(FIRST_ID)
  })
}
