import { StoreNewerError } from '@halfrate/core'
import { ALL_MIGRATIONS } from './all-migrations.js'
import type { Migration } from './migration.js'

/** A migration that a store has. */
export interface AppliedMigration {
  readonly name: string
  readonly breaking: number
}

/** The newest migration that this version knows. Names sort by age. */
export const NEWEST_MIGRATION: string = ALL_MIGRATIONS.at(-1)?.name ?? ''

/**
 * What a store still needs, oldest first, by what it has.
 *
 * @throws {StoreNewerError} when it has one that this version does not know, and that is breaking, or came before what it still
 * needs.
 */
export function missingMigrations(
  applied: readonly AppliedMigration[],
  path: string,
): readonly Migration[] {
  const known = new Set(ALL_MIGRATIONS.map(({ name }) => name))
  const names = new Set(applied.map(({ name }) => name))
  const missing = ALL_MIGRATIONS.filter(({ name }) => !names.has(name))
  const unknown = applied.filter(({ name }) => !known.has(name))
  const found = unknown.findLast(({ breaking }) => breaking === 1 || missing.length > 0)
  if (found !== undefined) throw storeNewer(path, found.name)
  return missing
}

/** What is thrown where a store has a breaking migration that this version does not know. */
export function storeNewer(path: string, found: string): StoreNewerError {
  return new StoreNewerError({ path, found, newest: NEWEST_MIGRATION })
}
