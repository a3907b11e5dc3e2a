import { putFunctionStatements } from '../enqueueing/put-function.js'

/**
 * What a migration does on PostgreSQL beyond the words that it shares with the other databases.
 *
 * @param schema - the store's, quoted.
 */
export function ownStatements(migration: string, schema: string): readonly string[] {
  return migration === '0002_put_function' ? putFunctionStatements(schema) : []
}
