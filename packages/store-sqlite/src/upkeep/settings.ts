import type { Setting, SettingName } from '@halfrate/core'
import type { Session } from '../session.js'

interface SettingRow {
  readonly value: string
  readonly version: number
}

// All by primary key.
const READ = 'SELECT value, version FROM settings WHERE scope = ? AND name = ?'
const WRITE = `INSERT INTO settings (scope, name, value, version, changed_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (scope, name) DO UPDATE SET
    value = excluded.value, version = excluded.version, changed_at = excluded.changed_at`

/** See `UpkeepStore.getSetting`. Every call answers a new copy. */
export function readSetting(session: Session, { scope, name }: SettingName): Setting | null {
  const row = session.db.get<SettingRow>(READ, scope, name)
  return row === undefined ? null : { value: JSON.parse(row.value), version: row.version }
}

/** See `UpkeepStore.putSetting`. */
export function putSetting(
  session: Session,
  params: Readonly<{ scope: string; name: string; value: unknown; ifVersion: number | null }>,
): Setting | null {
  const { scope, name, value, ifVersion } = params
  const before = session.db.get<SettingRow>(READ, scope, name)?.version ?? null
  if (before !== ifVersion) return null
  const json = JSON.stringify(value ?? null)
  session.db.run(WRITE, scope, name, json, (before ?? 0) + 1, session.now())
  return readSetting(session, params)
}
