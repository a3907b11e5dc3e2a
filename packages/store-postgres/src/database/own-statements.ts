import { putFunctionStatements } from '../enqueueing/put-function.js'
import { INBOX_STATEMENTS } from '../inbox/inbox-table.js'

/**
 * What a migration does on PostgreSQL beyond the words that it shares with the other databases.
 *
 * @param schema - the store's, quoted.
 */
export function ownStatements(migration: string, schema: string): readonly string[] {
  if (migration === '0002_put_function') return putFunctionStatements(schema)
  return migration === '0003_inbox' ? INBOX_STATEMENTS : []
}
