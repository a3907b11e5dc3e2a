import type { Setting } from '../ports/store-upkeep.js'
import type { Tables } from './tables.js'

/** See {@link UpkeepStore.getSetting}. Every call answers a new copy. */
export function readSetting(
  tables: Tables,
  params: Readonly<{ scope: string; name: string }>,
): Setting | null {
  const stored = tables.settings.get(settingKey(params))
  if (stored === undefined) return null
  return { value: JSON.parse(stored.json), version: stored.version }
}

/** See {@link UpkeepStore.putSetting}. */
export function putSetting(
  tables: Tables,
  params: Readonly<{ scope: string; name: string; value: unknown; ifVersion: number | null }>,
): Setting | null {
  const key = settingKey(params)
  const version = tables.settings.get(key)?.version ?? null
  if (version !== params.ifVersion) return null
  const json = JSON.stringify(params.value ?? null)
  tables.settings.set(key, Object.freeze({ json, version: (version ?? 0) + 1 }))
  return readSetting(tables, params)
}

function settingKey(params: Readonly<{ scope: string; name: string }>): string {
  return JSON.stringify([params.scope, params.name])
}
