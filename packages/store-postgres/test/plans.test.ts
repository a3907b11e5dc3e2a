import { expect, test } from 'vitest'
import { beginText } from '../src/database/session-settings.js'
import { openPostgresStore } from '../src/index.js'
import { MEMBER_PAGE } from '../src/sending/read-members.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const SECOND_MS = 1_000

// Fills a table by its types alone; every row has the same submission, and its own ordinal.
function fillText(table: string, columns: readonly { name: string; type: string }[]): string {
  const values = columns.map(({ name, type }) => {
    if (name === 'ordinal' || name === 'id' || name === 'body_id') return 'n'
    return type === 'bytea' ? `'x'::bytea` : type === 'bigint' ? '0' : `''`
  })
  const names = columns.map(({ name }) => name)
  return `INSERT INTO ${table} (${names}) SELECT ${values} FROM generate_series(1, 20000) n`
}

test('a page of members is read along the key, also while there are no statistics', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  const plan = await withClient(database.url, async (client) => {
    for (const table of ['attempts', 'bodies']) {
      const name = `${schema}.${table}`
      await client.query(`ALTER TABLE ${name} SET (autovacuum_enabled = false)`)
      const { rows } = await client.query<{ name: string; type: string }>(
        `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
          WHERE attrelid = $1::regclass AND attnum > 0 AND attnotnull`,
        [name],
      )
      await client.query(fillText(name, rows))
    }
    const minute = 60 * SECOND_MS
    const timeouts = { statementMs: minute, lockMs: SECOND_MS, idleInTransactionMs: minute }
    await client.query(beginText('read', { schema, timeouts }))
    const query = MEMBER_PAGE.replace('$1', '0').replace('$2', '5').replace('$3', '128')
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
  expect(plan).toContain('attempts_pkey')
  expect(plan).not.toMatch(/Sort|Bitmap|Seq Scan/)
})
