import { aBlob, anIntakeRow, aRowWithBlobs, violationsOf } from '@halfrate/conformance'
import { type IntakeRow, InvariantError } from '@halfrate/core'
import type pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import {
  type EnqueueInTransactionResult,
  openPostgresStore,
  type PostgresStore,
} from '../src/index.js'
import { account, project, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const opened: PostgresStore[] = []

async function open(schema = database.schema()): Promise<PostgresStore> {
  const store = await openPostgresStore({ url: database.url, schema, poolSize: 1 })
  opened.push(store)
  return store
}

afterEach(async () => {
  for (const store of opened.splice(0)) {
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  }
})

type Client = pg.Client

function enqueueIn(
  store: PostgresStore,
  tx: Pick<Client, 'query'>,
  ...rows: readonly IntakeRow[]
): Promise<EnqueueInTransactionResult> {
  return store.enqueueIn({ tx, project, account, queue, rows })
}

async function countOf(store: PostgresStore): Promise<number> {
  return (await store.report({ scope: { project } })).counts.total
}

const inTransaction = (work: (client: Client) => Promise<unknown>): Promise<unknown> =>
  withClient(database.url, async (client) => {
    await client.query('BEGIN')
    await work(client)
  })

const PREFIX = '"system":"the same for all"'

test('a request is there with the commit, and nobody sees it before', async () => {
  const store = await open()
  await inTransaction(async (client) => {
    const result = await enqueueIn(store, client, anIntakeRow({ key: 'a' }))
    expect(result).toMatchObject({ type: 'enqueued', answers: [{ type: 'new', part: 0 }] })
    expect(await countOf(store)).toBe(0)
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(1)
})

test('a rollback, and a killed connection, leave nothing', async () => {
  const schema = database.schema()
  const store = await open(schema)
  // Names stay, whoever uses them.
  await inTransaction((client) => enqueueIn(store, client, anIntakeRow({ key: 'z' })))
  const before = await contentOf(schema)
  await inTransaction(async (client) => {
    await enqueueIn(store, client, anIntakeRow({ key: 'a', prefixText: PREFIX }))
    await client.query('ROLLBACK')
  })
  await inTransaction(async (client) => {
    client.on('error', () => undefined)
    await enqueueIn(store, client, anIntakeRow({ key: 'b', prefixText: PREFIX }))
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await withClient(database.url, (other) =>
      other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]),
    )
    await expect(client.query('COMMIT')).rejects.toThrow()
  }).catch(() => undefined)
  expect(await contentOf(schema)).toEqual(before)
})

test('a store that a newer version has changed takes nothing more from an older one', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await inTransaction(async (client) => {
    await enqueueIn(store, client, anIntakeRow({ key: 'before' }))
    await client.query('COMMIT')
    await client.query(`INSERT INTO ${schema}.migrations VALUES ('9999_breaks', 1, 1)`)
    await client.query('BEGIN')
    await expect(enqueueIn(store, client, anIntakeRow({ key: 'a' }))).rejects.toMatchObject({
      code: 'store_newer',
    })
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(1)
})

// All rows of a store but the counters and names, as text, with ids counted from the first.
async function contentOf(schema: string): Promise<Record<string, readonly unknown[]>> {
  const tables = ['keys', 'prefixes', 'bodies', 'requests', 'progress', 'waiting', 'superseded']
  return withClient(database.url, async (client) => {
    const content: Record<string, readonly unknown[]> = {}
    for (const table of tables) {
      const { rows } = await client.query(
        `SELECT to_jsonb(t) AS row FROM ${schema}.${table} t ORDER BY to_jsonb(t)::text`,
      )
      content[table] = rows.map(({ row }) => row)
    }
    return content
  })
}

test('what it writes is what the store itself writes', async () => {
  const now = (): number => 1_795_000_000_000
  const schemas = [database.schema(), database.schema()] as const
  const stores = []
  for (const schema of schemas) {
    const store = await openPostgresStore({ url: database.url, schema, now, poolSize: 2 })
    opened.push(store)
    stores.push(store)
  }
  const [own, joined] = stores as [PostgresStore, PostgresStore]
  const rows = [
    anIntakeRow({ key: 'plain' }),
    anIntakeRow({ key: 'NUL \0, backslash \\ and \u{1f600}', labels: { team: 'a"\\b' } }),
    anIntakeRow({ key: 'shared', prefixText: PREFIX, deadlineAt: now() + 5 }),
    anIntakeRow({ key: 'shared too', prefixText: PREFIX, model: 'claude-sonnet-5' }),
  ]
  await own.putRequests({ project, account, queue, job: null, onConflict: 'report', rows })
  await inTransaction(async (client) => {
    await enqueueIn(joined, client, ...rows)
    await client.query('COMMIT')
  })
  const [first, second] = await Promise.all(schemas.map(contentOf))
  expect(second).toEqual(first)
})

test('a key that is there answers with its request, in the same transaction too', async () => {
  const store = await open()
  await inTransaction(async (client) => {
    const row = anIntakeRow({ key: 'a' })
    const first = await enqueueIn(store, client, row, row)
    expect(first).toMatchObject({ answers: [{ type: 'new' }, { type: 'same' }] })
    const again = await enqueueIn(store, client, anIntakeRow({ key: 'b' }), row)
    expect(again).toMatchObject({ answers: [{ type: 'new' }, { type: 'same' }] })
    const idsOf = (result: EnqueueInTransactionResult): readonly (number | undefined)[] =>
      result.type === 'enqueued' ? result.answers.map(({ id }) => id) : []
    expect(idsOf(again)[1]).toBe(idsOf(first)[0])
    expect(idsOf(first)[1]).toBe(idsOf(first)[0])
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(2)
})

test('a key with other params refuses the call whole, and the transaction goes on', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const there = anIntakeRow({ key: 'there' })
  const put = { project, account, queue, job: null, onConflict: 'report', rows: [there] } as const
  const [holder] = await store.putRequests(put)
  const before = await contentOf(schema)
  await inTransaction(async (client) => {
    const other = anIntakeRow({ key: 'there', bodyText: '"other":1' })
    const fresh = anIntakeRow({ key: 'new', prefixText: PREFIX })
    const result = await enqueueIn(store, client, fresh, other)
    expect(result).toEqual({ type: 'refused', conflicts: [{ index: 1, id: holder?.id }] })
    const twice = enqueueIn(store, client, there, other)
    await expect(twice).rejects.toMatchObject({ rule: 'repeated_key' })
    await client.query(`CREATE TABLE ${schema}.orders (id int)`)
    await client.query('COMMIT')
  })
  expect(await contentOf(schema)).toEqual(before)
})

test('one statement is all that the transaction sees', async () => {
  const store = await open()
  await inTransaction(async (client) => {
    const sent: string[] = []
    const watched = {
      query: (text: string, values: unknown[]) => {
        sent.push(text)
        return client.query(text, values)
      },
    }
    await store.enqueueIn({
      ...{ tx: watched, project, account, queue },
      rows: [anIntakeRow({ key: 'a', prefixText: PREFIX }), anIntakeRow({ key: 'b' })],
    })
    expect(sent).toEqual([expect.stringMatching(/^SELECT [^;]*\$1::text, \$2::text\) AS answer$/)])
    await client.query('COMMIT')
  })
})

test('neither the search path of the caller nor tables that hide ours lead astray', async () => {
  const schema = 'Odd "schema" name'
  const store = await open(schema)
  await inTransaction(async (client) => {
    await client.query('CREATE SCHEMA decoy')
    for (const table of ['requests', 'bodies', 'keys', 'names', 'counters', 'waiting']) {
      await client.query(`CREATE TABLE decoy.${table} (id int)`)
      await client.query(`CREATE TEMP TABLE ${table} (id int)`)
    }
    await client.query(
      "SET LOCAL search_path = pg_temp, decoy; SET LOCAL TIME ZONE 'Asia/Kathmandu'",
    )
    await enqueueIn(store, client, anIntakeRow({ key: 'a' }))
    expect((await client.query('SHOW search_path')).rows).toEqual([
      { search_path: 'pg_temp, decoy' },
    ])
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(1)
})

test.each(['REPEATABLE READ', 'SERIALIZABLE'])(
  'in %s a key that came after the snapshot is a failure that the caller repeats',
  async (level) => {
    const store = await open()
    const row = anIntakeRow({ key: 'a' })
    const repeatable = async (client: Client): Promise<unknown> => {
      await client.query(`ROLLBACK; BEGIN ISOLATION LEVEL ${level}; SELECT 1`)
      return enqueueIn(store, client, row)
    }
    await inTransaction(async (client) => {
      await client.query(`ROLLBACK; BEGIN ISOLATION LEVEL ${level}`)
      await client.query('SELECT count(*) FROM pg_class')
      await store.putRequests({
        ...{ project, account, queue, job: null, onConflict: 'report', rows: [row] },
      })
      // As the driver throws it, so that retries see its code.
      await expect(enqueueIn(store, client, row)).rejects.toMatchObject({
        name: 'error',
        code: '40001',
      })
      expect(await repeatable(client)).toMatchObject({ answers: [{ type: 'same' }] })
      await client.query('COMMIT')
    })
    expect(await countOf(store)).toBe(1)
  },
)

test('of two transactions with one key the later one waits, and has it if the first is rolled back', async () => {
  const store = await open()
  const row = anIntakeRow({ key: 'a' })
  for (const [end, type] of [
    ['ROLLBACK', 'new'],
    ['COMMIT', 'same'],
  ] as const) {
    await inTransaction(async (first) => {
      await enqueueIn(store, first, row)
      await inTransaction(async (second) => {
        const waits = enqueueIn(store, second, row)
        const seen = 'SELECT 1 FROM pg_locks WHERE NOT granted'
        for (let waiting = 0; waiting === 0; ) {
          waiting = (await first.query(seen)).rows.length
        }
        await first.query(end)
        expect(await waits).toMatchObject({
          answers: [{ type: end === 'ROLLBACK' ? 'new' : type }],
        })
        await second.query(end)
      })
    })
    if (end === 'ROLLBACK') {
      expect(await countOf(store)).toBe(0)
      await store.putRequests({
        ...{ project, account, queue, job: null, onConflict: 'report', rows: [] },
      })
    }
  }
  expect(await countOf(store)).toBe(1)
})

test('others enqueue meanwhile, whatever the transaction has begun to use', async () => {
  const store = await open()
  await inTransaction(async (client) => {
    const model = 'claude-new-model'
    await enqueueIn(store, client, anIntakeRow({ key: 'a', model }))
    const rows = [anIntakeRow({ key: 'b', model })]
    await store.putRequests({ project, account, queue, job: null, onConflict: 'report', rows })
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(2)
})

test('a role needs the function and nothing else, and is told what it lacks', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await withClient(database.url, (client) => client.query('CREATE ROLE shop LOGIN'))
  const url = new URL(database.url)
  url.username = 'shop'
  try {
    for (const [grant, member] of [
      ['SELECT 1', 'nextStep'],
      [`GRANT USAGE ON SCHEMA ${schema} TO shop`, 'nextStep'],
    ] as const) {
      await withClient(database.url, (client) => client.query(grant))
      await withClient(url.href, async (client) => {
        const refused = enqueueIn(store, client, anIntakeRow({ key: 'a' }))
        await expect(refused).rejects.toMatchObject({
          code: 'store_unavailable',
          [member]: expect.stringContaining('GRANT EXECUTE ON FUNCTION halfrate_put(text, text)'),
        })
      })
    }
    await withClient(database.url, (client) =>
      client.query(`GRANT EXECUTE ON FUNCTION ${schema}.halfrate_put(text, text) TO shop`),
    )
    await withClient(url.href, async (client) => {
      await enqueueIn(store, client, anIntakeRow({ key: 'a', prefixText: PREFIX }))
      await expect(client.query(`SELECT 1 FROM ${schema}.requests`)).rejects.toThrow(/denied/)
    })
    expect(await countOf(store)).toBe(1)
  } finally {
    await withClient(database.url, (client) => client.query('DROP OWNED BY shop; DROP ROLE shop'))
  }
})

test('a transaction on another store is refused, however alike the two are', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const other = await open('other_one')
  const rows = [anIntakeRow({ key: 'a' })]
  for (const each of [store, other]) {
    await each.putRequests({ project, account, queue, job: null, onConflict: 'report', rows })
  }
  await inTransaction(async (client) => {
    const elsewhere = {
      query: (text: string, values: unknown[]) =>
        client.query(text.replace(`"${schema}"`, 'other_one'), values),
    }
    const fresh = [anIntakeRow({ key: 'b' })]
    const put = store.enqueueIn({ tx: elsewhere, project, account, queue, rows: fresh })
    await expect(put).rejects.toMatchObject({
      code: 'store_foreign',
      message: expect.stringContaining('the transaction is on another store'),
    })
  })
})

test('a request as large as one may be fits, and more than a call takes is refused before anything', async () => {
  const store = await open()
  const large = anIntakeRow({ key: 'large', bodyText: ' '.repeat(31_000_000) })
  await inTransaction(async (client) => {
    await enqueueIn(store, client, large)
    const many = Array.from({ length: 5_001 }, (_, index) => anIntakeRow({ key: `row ${index}` }))
    await expect(enqueueIn(store, client, ...many)).rejects.toMatchObject({
      rule: 'too_much_at_once',
    })
    await enqueueIn(store, client, ...many.slice(0, 5_000))
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(5_001)
})

test('a row with a file apart is refused, since the statement takes bodies alone', async () => {
  const store = await open()
  await inTransaction(async (client) => {
    const put = enqueueIn(store, client, anIntakeRow({ key: 'a' }), aRowWithBlobs('b', [aBlob(3)]))
    await expect(put).rejects.toBeInstanceOf(InvariantError)
    await client.query('COMMIT')
  })
  expect(await countOf(store)).toBe(0)
})
