import type { Migration } from './migration.js'

/**
 * 0004_fill. Breaking: an older worker discards parts without counting, so a newer one that fills the same job would not
 * see that its rows are gone.
 *
 * `jobs.fill` counts how often the open part of a job was discarded.
 */
export const fillMigration: Migration = {
  name: '0004_fill',
  breaking: true,
  statements: ({ integer }) => [`ALTER TABLE jobs ADD COLUMN fill ${integer} NOT NULL DEFAULT 0`],
}
