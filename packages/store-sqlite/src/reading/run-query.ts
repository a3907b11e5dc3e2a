import type { SqlValue } from '@halfrate/store-sql'
import type { CompiledQuery } from 'kysely'
import type { Connection } from '../database/connection.js'

/** Runs a compiled statement and answers its rows. */
export function runQuery<Row>(connection: Connection, query: CompiledQuery<Row>): Row[] {
  return connection.all<Row>(query.sql, ...(query.parameters as readonly SqlValue[]))
}
