import type { Setting } from '../ports/store-upkeep.js'
import { frozen } from './frozen-copy.js'
import type { Tables } from './tables.js'

/** See {@link UpkeepStore.getSetting}. */
export function readSetting(
  tables: Tables,
  params: Readonly<{ scope: string; name: string }>,
): Setting | null {
  return tables.settings.get(settingKey(params)) ?? null
}

/** See {@link UpkeepStore.putSetting}. */
export function putSetting(
  tables: Tables,
  params: Readonly<{ scope: string; name: string; value: unknown; ifVersion: number | null }>,
): Setting | null {
  const key = settingKey(params)
  const version = tables.settings.get(key)?.version ?? null
  if (version !== params.ifVersion) return null
  // Over text, as the stores that are files keep it.
  const value: unknown = frozen(JSON.parse(JSON.stringify(params.value ?? null)))
  const stored: Setting = Object.freeze({ value, version: (version ?? 0) + 1 })
  tables.settings.set(key, stored)
  return stored
}

/** The names of all documents of a scope. */
export function settingNamesOf(tables: Tables, scope: string): readonly string[] {
  const head = settingKey({ scope, name: '' })
  return [...tables.settings.keys()].flatMap((key) =>
    key.startsWith(head) ? [key.slice(head.length)] : [],
  )
}

function settingKey(params: Readonly<{ scope: string; name: string }>): string {
  return `${params.scope.length}:${params.scope}${params.name}`
}
