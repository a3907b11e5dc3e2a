import type { CompiledQuery } from 'kysely'
import type { Connection, Parameter } from '../database/connection.js'

/** Runs a compiled statement and answers its rows. */
export function runQuery<Row>(db: Connection, query: CompiledQuery<Row>): Promise<Row[]> {
  return db.all<Row>(query.sql, ...(query.parameters as readonly Parameter[]))
}
