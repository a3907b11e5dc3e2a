import { testDigest, violationsOf } from '@halfrate/conformance'
import {
  type AccountId,
  laneOf,
  type ProjectId,
  type QueueName,
  queueSetting,
} from '@halfrate/core'
import { type BudgetScope, budgetSetting } from '@halfrate/core/budgets'
import { IntakeRowMaker, keyHashOf } from '@halfrate/core/intake'
import fc from 'fast-check'
import type pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const opened: PostgresStore[] = []
const { hash128 } = testDigest
const home = { project: 'default' as ProjectId, queue: 'claims' as QueueName }

async function open(schema: string): Promise<PostgresStore> {
  const store = await openPostgresStore({ url: database.url, schema, poolSize: 2 })
  opened.push(store)
  return store
}

afterEach(async () => {
  for (const store of opened.splice(0)) {
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  }
})

async function emptyInbox(store: PostgresStore): Promise<{ moved: number; refused: number }> {
  const total = { moved: 0, refused: 0 }
  for (let isMore = true; isMore; ) {
    const page = await store.moveInbox({ hash128 })
    total.moved += page.moved
    total.refused += page.refused
    isMore = page.isMore
  }
  return total
}

const params = (content: string): object => ({
  model: 'claude-haiku-4-5',
  max_tokens: 300,
  messages: [{ role: 'user', content }],
})

const statement = <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
  withClient(database.url, async (client) => (await client.query(sql, values)).rows as T[])

interface Left {
  readonly id: string
  readonly key: string
  readonly error: string | null
}

const leftIn = (schema: string): Promise<Left[]> =>
  statement<Left>(`SELECT id, key, error FROM ${schema}.halfrate_inbox ORDER BY id`)

test('a plain insert becomes a request, with its deadline and labels, and leaves the inbox', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await statement(
    `SET TIME ZONE 'Australia/Sydney'; INSERT INTO ${schema}.halfrate_inbox (queue, key, params, deadline_at, labels)
     VALUES ('claims', 'claim 7', '{"model":"claude-haiku-4-5","max_tokens":300,
       "messages":[{"role":"user","content":"Is it \\u0000 urgent? 1.0e2 \\\\"}]}', '2026-11-22 06:00', '{"team": "home"}')`,
  )
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 0 })
  expect(await leftIn(schema)).toEqual([])
  const named = { key: 'claim 7', keyHash: keyHashOf('claim 7', hash128) }
  const scope = { queue: home.queue }
  const life = await store.getRequest({ project: home.project, scope, ...named })
  expect(life?.request).toMatchObject({
    key: 'claim 7',
    deadlineAt: Date.parse('2026-11-22T06:00:00+11:00'),
    labels: { team: 'home' },
  })
})

test('it is the request that a program would have put, so both can bring the same key', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const row = new IntakeRowMaker({ hash128 }).intakeRowOf({ key: 'a', params: params('hello') })
  await store.putRequests({
    ...{ ...home, account: 'default' as AccountId, job: null, onConflict: 'report' },
    rows: [row],
  })
  const insert = `INSERT INTO ${schema}.halfrate_inbox (queue, key, params) VALUES ('claims', 'a', $1)`
  await statement(insert, [JSON.stringify(params('hello'))])
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 0 })
  await statement(insert, [JSON.stringify(params('something else'))])
  expect(await emptyInbox(store)).toEqual({ moved: 0, refused: 1 })
  const [left] = await leftIn(schema)
  expect(left?.error).toMatch(
    /^key: expected a key for these params alone, got "a", which queue claims has/,
  )
  expect((await store.report({ scope: { project: home.project } })).counts.total).toBe(1)
})

test('a bad row gets an error text, stands in nobody’s way, and is taken once it is corrected', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const good = JSON.stringify(params('hello'))
  const rows: readonly (readonly [
    queue: string,
    params: string,
    labels: string | null,
    error: RegExp,
  ])[] = [
    ['claims', 'not JSON', null, /params/],
    ['claims', '{}', null, /params\.model: expected/],
    ['claims', '[1]', null, /params: expected an object/],
    ['claims', `${good}, "labels": {"a": "b"}`, null, /params: expected one JSON object, got more/],
    ['claims', `${good}}`, null, /expected/],
    ['claims', good.replace('300', '0'), null, /params\.max_tokens: expected .* got 0/],
    ['no/such', good, null, /queue: expected 1 to 64 of A-Z .* got "no\/such"/],
    ['claims', good, 'team=a', /labels: expected JSON like/],
    ['claims', good, '{"team": 1}', /labels\.team: expected a text, got 1/],
  ]
  for (const [index, [name, text, labels]] of rows.entries()) {
    await statement(
      `INSERT INTO ${schema}.halfrate_inbox (queue, key, params, labels) VALUES ($1, $2, $3, $4)`,
      [name, `bad ${index}`, text, labels],
    )
  }
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (queue, key, params, deadline_at) VALUES
      ('claims', 'never', $1, 'infinity'), ('claims', repeat('k', 513), $1, NULL),
      ('claims', 'good', $1, NULL)`,
    [good],
  )
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: rows.length + 2 })
  const left = await leftIn(schema)
  const counts = await store.countInbox()
  expect(counts).toMatchObject({ waiting: 0, refused: left.length })
  expect(await statement(counts.look)).toHaveLength(left.length)
  for (const [index, [, , , error]] of rows.entries()) {
    expect(left[index]?.error).toMatch(error)
    expect(left[index]?.error).toMatch(
      /Nothing was sent\..* set its error to NULL, or DELETE it\.$/,
    )
  }
  expect(left.at(-2)?.error).toMatch(/^deadline_at: expected an instant from 1970 to 9999/)
  expect(left.at(-1)?.error).toMatch(/^key: expected at most 512 bytes/)
  expect(await emptyInbox(store)).toEqual({ moved: 0, refused: 0 })

  await statement(
    `UPDATE ${schema}.halfrate_inbox SET params = $1, error = NULL WHERE key = 'bad 0'`,
    [good],
  )
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 0 })
  expect((await leftIn(schema)).length).toBe(left.length - 1)
})

test('a row of 50 MB is refused without being read, and the rows behind it are not held up', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (key, params) SELECT 'huge', '{"a":"' || repeat('x', 50000000) || '"}'`,
  )
  await statement(`INSERT INTO ${schema}.halfrate_inbox (key, params) VALUES ('small', $1)`, [
    JSON.stringify(params('hello')),
  ])
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 1 })
  expect(await leftIn(schema)).toMatchObject([
    {
      key: 'huge',
      error: expect.stringContaining('expected at most 32000000 bytes, got 50000008'),
    },
  ])
})

test('rows that together are more than a page are moved all the same', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (key, params)
     SELECT 'row ' || n, $1::json FROM generate_series(1, 1203) n`,
    [JSON.stringify(params('hello'))],
  )
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (key, params)
     SELECT 'large ' || n, replace($1, 'hello', repeat('x', 9000000)) FROM generate_series(1, 3) n`,
    [JSON.stringify(params('hello'))],
  )
  expect(await emptyInbox(store)).toEqual({ moved: 1206, refused: 0 })
})

test('several workers at one inbox make each row one request, also when their connections are killed', async () => {
  const schema = database.schema()
  const stores = await Promise.all([1, 2, 3, 4].map(() => open(schema)))
  const total = 1500
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (queue, key, params)
     SELECT 'queue-' || n % 3, 'row ' || n, CASE WHEN n % 10 = 0 THEN '{}' ELSE $1 END
     FROM generate_series(1, $2::int) n`,
    [JSON.stringify(params('hello')), total],
  )
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`
  let isOver = false
  const kills = (async () => {
    for (let round = 0; round < 20 && !isOver; round += 1) await statement(kill).catch(() => [])
  })()
  await Promise.all(
    stores.map(async (store) => {
      for (let isEmpty = false; !isEmpty; ) {
        // What was locked by a worker that died is there again.
        await emptyInbox(store).catch(() => undefined)
        isEmpty = await noneWaits(schema)
      }
    }),
  )
  isOver = true
  await kills
  const counts = await stores[0]?.report({ scope: { project: home.project } })
  expect(counts?.counts.total).toBe((total * 9) / 10)
  expect((await leftIn(schema)).length).toBe(total / 10)
})

async function noneWaits(schema: string): Promise<boolean> {
  const sql = `SELECT 1 FROM ${schema}.halfrate_inbox WHERE error IS NULL LIMIT 1`
  // This connection can be killed too.
  return (await statement(sql).catch(() => [1])).length === 0
}

test('a row that breaks what no check foresaw is named, and the others go on', async () => {
  const schema = database.schema()
  const store = await open(schema)
  // Two keys with one hash: no page can hold both.
  const sameHash = () => new Uint8Array(16).fill(1)
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (key, params) VALUES ('first', $1), ('second', $1)`,
    [JSON.stringify(params('hello'))],
  )
  const moved = []
  for (let isMore = true; isMore; ) {
    const page = await store.moveInbox({ hash128: sameHash })
    moved.push([page.moved, page.refused])
    isMore = page.isMore
  }
  expect(moved).toEqual([
    [1, 0],
    [0, 1],
    [0, 0],
  ])
  expect(await leftIn(schema)).toMatchObject([
    { key: 'second', error: expect.stringContaining('have the same hash') },
  ])
})

test('who may insert needs no other right, and tells the workers', async () => {
  const schema = database.schema()
  const store = await open(schema)
  await statement(`CREATE ROLE clerk LOGIN; GRANT USAGE ON SCHEMA ${schema} TO clerk;
    GRANT INSERT (queue, key, params, deadline_at, labels) ON ${schema}.halfrate_inbox TO clerk`)
  const url = new URL(database.url)
  url.username = 'clerk'
  try {
    let hints = 0
    const hint = new Promise<void>((resolve) => {
      store.listen(() => {
        hints += 1
        // The first one is about what came before.
        if (hints === 2) resolve()
      })
    })
    while (hints === 0) await statement('SELECT 1')
    await withClient(url.href, async (client: pg.Client) => {
      const text = JSON.stringify(params('hello'))
      const insert = `INSERT INTO ${schema}.halfrate_inbox`
      await client.query(`${insert} (queue, key, params) VALUES ('claims', 'a', $1)`, [text])
      const other = `${insert} (project, key, params) VALUES ('other', 'b', $1)`
      await expect(client.query(other, [text])).rejects.toThrow(/permission denied/)
      const read = `SELECT params FROM ${schema}.halfrate_inbox`
      await expect(client.query(read)).rejects.toThrow(/permission denied/)
    })
    await hint
    expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 0 })
  } finally {
    await statement('DROP OWNED BY clerk; DROP ROLE clerk')
  }
})

test('whatever stands in a row, it is moved or says why, and no row is lost', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const text = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .map((some) => some.replaceAll('\0', ''))
  const json = fc.oneof(
    fc.json({ noUnicodeString: false }).map((some) => some.replaceAll('\0', '')),
    text,
    fc.constantFrom('hello', '').map((content) => JSON.stringify(params(content))),
    fc
      .tuple(fc.constant(JSON.stringify(params('cut'))), fc.nat(90))
      .map(([some, end]) => some.slice(0, end)),
  )
  const name = fc.oneof(fc.constantFrom('claims', 'default', 'a.b-c_d'), text)
  const instant = fc.oneof(
    fc.constantFrom(null, 'infinity', '-infinity', '0044-03-15 BC', '294276-12-31 23:59:59Z'),
    fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((at) => at.toISOString()),
  )
  const row = fc.record({
    ...{ project: name, account: name, queue: name, key: text, params: json, deadline: instant },
    labels: fc.option(json),
  })
  let left = 0
  let requests = 0
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 30 }), async (rows) => {
      for (const each of rows) {
        await statement(
          `INSERT INTO ${schema}.halfrate_inbox (project, account, queue, key, params, deadline_at, labels)
           VALUES ($1, $2, $3, $4, $5, $6, $7)`,
          [
            each.project,
            each.account,
            each.queue,
            each.key,
            each.params,
            each.deadline,
            each.labels,
          ],
        )
      }
      const { moved, refused } = await emptyInbox(store)
      expect(moved + refused).toBe(rows.length)
      left += refused
      requests += moved
      const inbox = await leftIn(schema)
      expect(inbox.length).toBe(left)
      for (const { error } of inbox.slice(-refused)) expect(error).toMatch(/ DELETE it\.$/)
    }),
    { numRuns: 25 },
  )
  const [stored] = await statement<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${schema}.requests`,
  )
  // The same key with the same params is one request.
  expect(stored?.count).toBeLessThanOrEqual(requests)
})

test("a path in a row is refused with what to do: the disk of a worker is nobody else's", async () => {
  const schema = database.schema()
  const store = await open(schema)
  const source = { type: 'path', path: '/etc/passwd' }
  const content = [{ type: 'document', source }]
  const messages = [{ role: 'user', content }]
  const given = JSON.stringify({ model: 'claude-haiku-4-5', max_tokens: 300, messages })
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (queue, key, params) VALUES ('claims', 'a', $1)`,
    [given],
  )
  expect(await emptyInbox(store)).toEqual({ moved: 0, refused: 1 })
  const [row] = await leftIn(schema)
  expect(row?.error).toContain('expected base64, a URL or a file_id, got the path "/etc/passwd"')
  expect(row?.error).toContain('UPDATE the row and set its error to NULL')
})

const BUDGETS: readonly (readonly [string, BudgetScope])[] = [
  ['queue claims', { type: 'queue', ...home }],
  ['the project', { type: 'project', project: home.project }],
  ['the account', { type: 'account', account: 'default' as AccountId }],
]

test.each(BUDGETS)(
  'a row without a known price is refused under a budget of %s, and holds up nobody',
  async (name, scope) => {
    const schema = database.schema()
    const store = await open(schema)
    const stranger = JSON.stringify({ ...params('hello'), model: 'claude-nobody-knows' })
    const insert = `INSERT INTO ${schema}.halfrate_inbox (project, queue, key, params) VALUES ($1, $2, $3, $4)`
    const put = (key: string, text: string, project = 'default', queue = 'claims') =>
      statement(insert, [project, queue, key, text])
    const isPriced = (model: string): boolean => model !== 'claude-nobody-knows'
    const move = async () => {
      const { moved, refused } = await store.moveInbox({ hash128, isPriced })
      return { moved, refused }
    }
    await put('before', stranger)
    expect(await move()).toEqual({ moved: 1, refused: 0 })
    const cap = { period: 'month', capNano: 5_000_000_000, warnAt: [80] }
    const budget = budgetSetting(scope)
    await store.putSetting({ ...budget, value: { timeZone: 'UTC', caps: [cap] }, ifVersion: null })
    await put('stranger', stranger)
    await put('good', JSON.stringify(params('hello')))
    await put('elsewhere', stranger, 'acme', 'mail')
    const isOverAll = scope.type === 'account'
    expect(await move()).toEqual({ moved: isOverAll ? 1 : 2, refused: isOverAll ? 2 : 1 })
    const [left] = await leftIn(schema)
    expect(left).toMatchObject({
      key: 'stranger',
      error: expect.stringContaining(
        `params.model: there is no price for "claude-nobody-knows", and ${name} has a budget`,
      ),
    })
    expect(left?.error).toMatch(/^.* Nothing was sent\. Give workers its price .* DELETE it\.$/)
    // A budget that was taken away, and a price that is known since, both let it in.
    const stored = await store.getSetting(budget)
    await store.putSetting({ ...budget, value: null, ifVersion: stored?.version ?? null })
    await statement(`UPDATE ${schema}.halfrate_inbox SET error = NULL`)
    expect(await move()).toEqual({ moved: isOverAll ? 2 : 1, refused: 0 })
  },
)

test('a row goes by the rollout of its queue', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const name = queueSetting(home.project, home.queue)
  await store.putSetting({ ...name, value: { batchPercent: 0 }, ifVersion: null })
  await statement(
    `INSERT INTO ${schema}.halfrate_inbox (queue, key, params) VALUES ('claims', 'one', $1)`,
    [params('one')],
  )
  expect(await emptyInbox(store)).toEqual({ moved: 1, refused: 0 })
  const scope = { queue: home.queue }
  const keyHash = keyHashOf('one', hash128)
  const life = await store.getRequest({ project: home.project, scope, key: 'one', keyHash })
  expect(laneOf(life?.request.lane ?? '')).toMatchObject({ route: 'realtime', why: 'rollout' })
})

test('a row that comes alone to a queue with few is called, until so many came, and rows of a page come together', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const value = { routing: 'rules', whenFew: 'realtime', fewADay: 2 }
  const name = queueSetting(home.project, home.queue)
  await store.putSetting({ ...name, value, ifVersion: null })
  const routeOf = async (key: string) => {
    const scope = { queue: home.queue }
    const keyHash = keyHashOf(key, hash128)
    const life = await store.getRequest({ project: home.project, scope, key, keyHash })
    const { route, why } = laneOf(life?.request.lane ?? '')
    return [route, why]
  }
  const insert = async (account: string, ...keys: readonly string[]): Promise<void> => {
    await statement(
      `INSERT INTO ${schema}.halfrate_inbox (queue, account, key, params)
       SELECT 'claims', $1, key, $2 FROM unnest($3::text[]) key`,
      [account, params('hello'), keys],
    )
    expect(await emptyInbox(store)).toEqual({ moved: keys.length, refused: 0 })
  }
  await insert('default', 'alone')
  expect(await routeOf('alone')).toEqual(['realtime', 'few'])
  await insert('default', 'beside', 'another')
  expect([await routeOf('beside'), await routeOf('another')]).toEqual([
    ['batch', null],
    ['batch', null],
  ])
  // Nobody of its account waits, but three came to the queue by then.
  await insert('theirs', 'fourth')
  expect(await routeOf('fourth')).toEqual(['batch', null])
  await store.putSetting({ ...name, value: { ...value, fewADay: 10 }, ifVersion: 1 })
  await insert('others', 'fifth')
  expect(await routeOf('fifth')).toEqual(['realtime', 'few'])
})
