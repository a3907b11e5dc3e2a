import type { Migration } from './migration.js'

/**
 * 0002_put_function. Not breaking: it adds a way in and changes no row.
 *
 * PostgreSQL adds a function by which a caller's own transaction enqueues; its adapter knows the text. Nothing elsewhere:
 * in an embedded store there is no transaction of anybody else's to join.
 */
export const putFunctionMigration: Migration = {
  name: '0002_put_function',
  breaking: false,
  statements: () => [],
}
