import type { StoreHealth } from '@halfrate/core'
import type { Session } from '../session.js'

const VERSION = 'SELECT sqlite_version() AS version'
const SCHEMA = 'SELECT max(name) AS name FROM migrations'
const PAGES = 'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size'
const JOURNAL = 'SELECT journal_mode AS mode FROM pragma_journal_mode'
// Without comparing indexes with their tables, which takes many times as long.
const CHECK = 'SELECT quick_check AS text FROM pragma_quick_check LIMIT 10'

/** See `OperatingStore.health`. */
export function health(
  { db, reader }: Session,
  { thorough }: Readonly<{ thorough: boolean }>,
): StoreHealth {
  const found = thorough ? reader.all<{ text: string }>(CHECK).map(({ text }) => text) : null
  return {
    engine: `SQLite ${db.get<{ version: string }>(VERSION)?.version}`,
    schema: db.get<{ name: string }>(SCHEMA)?.name ?? 'none',
    bytes: db.get<{ bytes: number }>(PAGES)?.bytes ?? 0,
    isDurable: db.get<{ mode: string }>(JOURNAL)?.mode === 'wal',
    faults: found?.filter((text) => text !== 'ok') ?? null,
  }
}
