import type { TransactionClient } from 'halfrate'
import { CompiledQuery, type Transaction } from 'kysely'

/** A transaction of Kysely, as `enqueue` takes one. */
export function kyselyClient<Database>(trx: Transaction<Database>): TransactionClient {
  return { query: (text, values) => trx.executeQuery(CompiledQuery.raw(text, values)) }
}
