import type { SubmissionId } from '@halfrate/core'
import {
  costAttemptsQuery,
  listedRequestsQuery,
  looseRequestsQuery,
  postgresQueries,
  unpricedAttemptsQuery,
} from '@halfrate/store-sql'
import type { Client } from 'pg'
import { expect, test } from 'vitest'
import { beginText } from '../src/database/session-settings.js'
import { openPostgresStore } from '../src/index.js'
import { MEMBER_PAGE } from '../src/sending/read-members.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const TIMEOUTS = {
  ...{ statementMs: 60_000, lockMs: 1_000 },
  ...{ idleInTransactionMs: 60_000, connectMs: 10_000 },
}

// Fills a table by its types alone; every row has the same submission, and its own ordinal.
function fillText(table: string, columns: readonly { name: string; type: string }[]): string {
  const values = columns.map(({ name, type }) => {
    if (['ordinal', 'id', 'body_id', 'request_id'].includes(name)) return 'n'
    return type === 'bytea' ? `'x'::bytea` : type === 'bigint' ? '0' : `''`
  })
  const names = columns.map(({ name }) => name)
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM generate_series(1, 20000) n`
}

// Without statistics, as a table is until the server comes by, a minute or more after it was filled.
async function fill(client: Client, name: string): Promise<void> {
  await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`)
  const { rows } = await client.query<{ name: string; type: string }>(
    `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull`,
    [name],
  )
  await client.query(fillText(name, rows))
}

test('a page of members is read along the key, also while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const plan = await withClient(database.url, async (client) => {
    for (const table of ['attempts', 'bodies']) await fill(client, `${schema}.${table}`)
    await client.query(beginText('read', { schema, timeouts: TIMEOUTS }, true))
    const query = MEMBER_PAGE.replace('$1', '0').replace('$2', '5').replace('$3', '128')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toContain('attempts_pkey')
  expect(plan).not.toMatch(/Sort|Bitmap|Seq Scan/)
})

test('a page of results looks at the attempts of each request, and not of its whole batch, while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const plan = await withClient(database.url, async (client) => {
    for (const table of ['requests', 'progress', 'attempts'])
      await fill(client, `${schema}.${table}`)
    await client.query(beginText('page', { schema, timeouts: TIMEOUTS }, true))
    const job = { id: 1, project_id: 1, committed_part: 1, open_part: 1 }
    const { sql, parameters } = listedRequestsQuery(postgresQueries, job, {
      afterRow: 0,
      limit: 20_000,
    })
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters])
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toContain('attempts_request')
  expect(plan).not.toMatch(/attempts_pkey|Bitmap|Seq Scan/)
})

test('the answers of a queue are found along their own index, while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const plan = await withClient(database.url, async (client) => {
    for (const table of ['requests', 'progress', 'attempts'])
      await fill(client, `${schema}.${table}`)
    await client.query(beginText('page', { schema, timeouts: TIMEOUTS }, true))
    const page = { afterId: 0, doneFrom: 0, limit: 20_000 }
    const queue = { projectId: 1, queueId: 1 }
    const { sql, parameters } = looseRequestsQuery(postgresQueries, queue, page)
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters])
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toContain('requests_loose')
  expect(plan).not.toMatch(/attempts_pkey|Bitmap|Seq Scan/)
})

test('answers without a price are looked for along the ids of requests, while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const plan = await withClient(database.url, async (client) => {
    for (const table of ['progress', 'attempts']) await fill(client, `${schema}.${table}`)
    await client.query(beginText('page', { schema, timeouts: TIMEOUTS }, true))
    const page = { afterId: 5, afterNumber: 1, limit: 100 }
    const { sql, parameters } = unpricedAttemptsQuery(postgresQueries, 1, page)
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [...parameters])
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toMatch(/Index Cond: \(.*request_id >= '5'/)
  expect(plan).toMatch(/Index Cond: \(.*id >= '5'/)
  expect(plan).not.toMatch(/attempts_pkey|Bitmap|Seq Scan/)
})

test('costs are read along the key of attempts, while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const [whole, range] = await withClient(database.url, async (client) => {
    for (const table of ['attempts', 'progress', 'results'])
      await fill(client, `${schema}.${table}`)
    await client.query(beginText('page', { schema, timeouts: TIMEOUTS }, true))
    const planOf = async (submissionIds: readonly SubmissionId[]): Promise<string> => {
      const places = { submissionIds, from: 5, to: 100, next: null }
      const { sql, parameters } = costAttemptsQuery(postgresQueries, places)
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, [
        ...parameters,
      ])
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    return [await planOf([1, 2] as SubmissionId[]), await planOf([0 as SubmissionId])]
  })
  for (const plan of [whole, range]) {
    expect(plan).toContain('attempts_pkey')
    expect(plan).not.toMatch(/Seq Scan/)
  }
})
