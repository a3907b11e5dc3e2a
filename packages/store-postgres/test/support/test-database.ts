import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'

/** A database that one test file has to itself. */
export interface TestDatabase {
  readonly url: string
  /** The name of a schema that nobody had before. */
  schema(): string
}

/** Runs statements on a server, outside of any store. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  // It can be killed between two statements; the next one says so.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Makes a database before the tests of a file and removes it after them. */
export function testDatabase(): TestDatabase {
  const server = inject('postgresUrl')
  const name = `halfrate_test_${randomUUID().replaceAll('-', '')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  let schemas = 0
  beforeAll(() =>
    withClient(server, (client) => client.query(`CREATE DATABASE ${name} TEMPLATE template0`)),
  )
  afterAll(() => withClient(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)))
  return {
    url: url.href,
    schema: () => {
      schemas += 1
      return `store_${schemas}`
    },
  }
}
