import { ConfigError, type Store } from '@halfrate/core'
import { openPostgresStore } from '@halfrate/store-postgres'
import { Client } from 'pg'

/** Where the bench tells its sides which server to use. */
export const POSTGRES_URL = 'HALFRATE_BENCH_POSTGRES_URL'

/** The server of this run. */
export function postgresUrl(): string {
  const url = process.env[POSTGRES_URL]
  if (url !== undefined) return url
  throw new ConfigError(
    `${POSTGRES_URL} is not set.`,
    'Start the side through the bench, or name a PostgreSQL in it whose schemas may be dropped.',
  )
}

/** A schema that is gone, whatever was in it. */
export async function dropSchema(schema: string): Promise<void> {
  const client = new Client({ connectionString: postgresUrl() })
  await client.connect()
  await client.query(`DROP SCHEMA IF EXISTS ${client.escapeIdentifier(schema)} CASCADE`)
  // What the side before has left to do for the server is not this side's.
  await client.query('CHECKPOINT')
  await client.end()
}

/** A new, empty store on the server of this run. */
export async function freshPostgresStore(schema: string): Promise<Store> {
  await dropSchema(schema)
  return await openPostgresStore({ url: postgresUrl(), schema })
}

/** One more worker's own way to a store that is there. */
export async function samePostgresStore(schema: string): Promise<Store> {
  return await openPostgresStore({ url: postgresUrl(), schema, poolSize: 3 })
}
