/**
 * Whatever sends statements inside a transaction that is open already: a client of `pg`, or a few lines around that of
 * another library.
 *
 * @example
 * // Kysely
 * const client = { query: (text, values) => trx.executeQuery(CompiledQuery.raw(text, [...values])) }
 */
export interface TransactionClient {
  /** Runs one statement whose values stand in it as `$1`, `$2`, …; rejects as the library does. */
  query(text: string, values: unknown[]): Promise<{ readonly rows: readonly unknown[] }>
}
