import { type SQL, sql } from 'drizzle-orm'
import type { TransactionClient } from 'halfrate'

interface DrizzleTransaction {
  execute(query: SQL): Promise<{ readonly rows: readonly unknown[] }>
}

/** A transaction of Drizzle on node-postgres, as `enqueue` takes one. */
export function drizzleClient(tx: DrizzleTransaction): TransactionClient {
  return { query: (text, values) => tx.execute(withValues(text, values)) }
}

// Drizzle numbers the values of a statement by itself, so ours go where their numbers stand.
function withValues(text: string, values: readonly unknown[]): SQL {
  const parts = text.split(/\$(\d+)/)
  return sql.join(
    parts.map((part, index) =>
      index % 2 === 0 ? sql.raw(part) : sql`${values[Number(part) - 1]}`,
    ),
  )
}
