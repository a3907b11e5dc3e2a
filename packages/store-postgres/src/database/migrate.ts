import { InvariantError, StoreForeignError } from '@halfrate/core'
import {
  ALL_MIGRATIONS,
  type AppliedMigration,
  type Migration,
  missingMigrations,
  postgresFlavor,
  StoreAccessError,
} from '@halfrate/store-sql'
import pg from 'pg'
import { checkDurability, type Durability } from './check-durability.js'
import type { Connection } from './connection.js'
import type { Database, Transaction } from './database.js'
import { ownStatements } from './own-statements.js'

/** Who opens the store, and where. */
export interface MigrateOptions {
  readonly schema: string
  readonly make: boolean
  readonly durability: Durability
}

// Two that open an empty database at once: the second waits, and finds it done.
const LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('halfrate:' || $1, 0))"
const HAS_SCHEMA = 'SELECT 1 FROM pg_namespace WHERE nspname = $1'
const TABLES = `SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')`
const READ_MIGRATIONS = 'SELECT name, breaking FROM migrations ORDER BY name'
const MAKE_MIGRATIONS = `CREATE TABLE IF NOT EXISTS migrations (
  name TEXT NOT NULL PRIMARY KEY, breaking BIGINT NOT NULL, applied_at BIGINT NOT NULL)`
const ADD_MIGRATION = 'INSERT INTO migrations (name, breaking, applied_at) VALUES ($1, $2, $3)'
const LOCK_MIGRATIONS = 'LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE'
const FIRST_ID = "INSERT INTO counters (name, value) VALUES ('next_id', 1) ON CONFLICT DO NOTHING"

/**
 * Brings the schema up to date, and makes it when there is none, in one transaction: a crash leaves the database as it
 * was.
 *
 * @throws {StoreForeignError} when the schema holds something else, or the database can't hold a store.
 * @throws {StoreNewerError} when a newer version of ours wrote it, in a way that this one can't work with.
 * @throws {StoreAccessError} when it may not be made or changed and would have to be, and when the server would forget what
 * it has acknowledged.
 */
export async function migrate(database: Database, options: MigrateOptions): Promise<void> {
  const { place } = database
  const needed = await database.run('read', async ({ db }) => {
    await checkServer(db, place)
    if (options.durability === 'checked') await checkDurability(db, place)
    return readMissing(db, place, options.schema)
  })
  if (needed.length === 0) return
  if (!options.make) {
    throw new StoreAccessError(
      `${place}: there is no store, or an older version of Halfrate wrote it.`,
      'Name another store, or let halfrate run make it or bring it up to date.',
    )
  }
  const change = async ({ db, now }: Transaction): Promise<void> => {
    await db.run(LOCK, options.schema)
    await makeSchema(db, options.schema)
    // Asked again with the lock held: another process may have been quicker.
    const missing = await readMissing(db, place, options.schema)
    await applyMissing(db, { missing, schema: options.schema, now })
  }
  // Its statements are bounded, but there may be many, and they are about all that a store has.
  await database.run('write', change, Number.POSITIVE_INFINITY)
}

const SERVER = `SELECT current_setting('server_version_num')::int8 AS version,
  current_setting('server_encoding') AS encoding`
const OLDEST_VERSION = 140_000

async function checkServer(db: Connection, place: string): Promise<void> {
  const server = await db.get<{ version: number; encoding: string }>(SERVER)
  if (server === undefined) throw new InvariantError('The server did not say what it is.')
  if (server.version < OLDEST_VERSION) {
    const version = Math.floor(server.version / 10_000)
    throw new StoreForeignError(place, `it is PostgreSQL ${version}; the store needs 14 or newer.`)
  }
  if (server.encoding === 'UTF8') return
  throw new StoreForeignError(place, `its encoding is ${server.encoding}; the store needs UTF8.`)
}

async function readMissing(
  db: Connection,
  place: string,
  schema: string,
): Promise<readonly Migration[]> {
  const tables = (await db.all<{ name: string }>(TABLES, schema)).map((row) => row.name)
  if (tables.length === 0) return ALL_MIGRATIONS
  if (!tables.includes('migrations') || !tables.includes('counters')) {
    throw new StoreForeignError(place, 'the schema holds tables of another program.')
  }
  return missingMigrations(await db.all<AppliedMigration>(READ_MIGRATIONS), place)
}

// Made only when there is none: a role that may not make schemas can be given one.
async function makeSchema(db: Connection, schema: string): Promise<void> {
  if ((await db.get(HAS_SCHEMA, schema)) !== undefined) return
  await db.run(`CREATE SCHEMA ${pg.escapeIdentifier(schema)}`)
}

async function applyMissing(
  db: Connection,
  params: Readonly<{ missing: readonly Migration[]; schema: string; now: number }>,
): Promise<void> {
  const { missing, now } = params
  const schema = pg.escapeIdentifier(params.schema)
  if (missing.length === 0) return
  await db.run(MAKE_MIGRATIONS)
  // Whoever writes has looked into this table and is waited for; whoever comes later finds that the store is newer.
  if (missing.some(({ breaking }) => breaking)) await db.run(LOCK_MIGRATIONS)
  for (const migration of missing) {
    const shared = migration.statements(postgresFlavor)
    const statements = [...shared, ...ownStatements(migration.name, schema)]
    for (const statement of statements) await db.run(statement)
    await db.run(ADD_MIGRATION, migration.name, migration.breaking ? 1 : 0, now)
  }
  await db.run(FIRST_ID)
  for (const statement of await storageStatements(db)) await db.run(statement)
}

// Views are read with the rights of whoever reads, so that row-level security holds for them too. From 15 on.
const VIEWS_OF_READER = ['attempts_now', 'requests_now'].map(
  (view) => `ALTER VIEW ${view} SET (security_invoker = true)`,
)
const HAS_SECURITY_INVOKER = "SELECT 1 WHERE current_setting('server_version_num')::int8 >= 150000"

const HAS_LZ4 = `SELECT 1 FROM pg_settings
  WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)`

// Rows that are updated once, at another place than where they end, find room beside themselves, so that no index has
// to learn of it. Queues leave dead rows behind wherever they were short.
async function storageStatements(db: Connection): Promise<readonly string[]> {
  const hasLz4 = (await db.get(HAS_LZ4)) !== undefined
  const hasInvoker = (await db.get(HAS_SECURITY_INVOKER)) !== undefined
  const compressed = ['bodies', 'prefixes', 'results', 'quarantine'].map(
    (table) => `ALTER TABLE ${table} ALTER COLUMN bytes SET COMPRESSION lz4`,
  )
  return [
    ...(hasLz4 ? compressed : []),
    ...(hasInvoker ? VIEWS_OF_READER : []),
    // Files are compressed as they come.
    'ALTER TABLE blob_pieces ALTER COLUMN bytes SET STORAGE EXTERNAL',
    'ALTER TABLE progress SET (fillfactor = 60)',
    'ALTER TABLE attempts SET (fillfactor = 90)',
    `ALTER TABLE waiting SET (autovacuum_vacuum_scale_factor = 0.02,
      autovacuum_vacuum_insert_scale_factor = 0.02)`,
    'ALTER TABLE leases SET (fillfactor = 50)',
    'ALTER TABLE counters SET (fillfactor = 10)',
  ]
}
