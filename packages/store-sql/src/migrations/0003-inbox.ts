import type { Migration } from './migration.js'

/**
 * 0003_inbox. Not breaking: older workers leave its rows to newer ones.
 *
 * PostgreSQL adds a table whose rows become requests, so that every language can enqueue; its adapter knows the text.
 * Nothing elsewhere: nobody but us writes into an embedded store.
 */
export const inboxMigration: Migration = {
  name: '0003_inbox',
  breaking: false,
  statements: () => [],
}
