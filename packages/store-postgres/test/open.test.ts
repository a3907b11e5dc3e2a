import type { WorkerId } from '@halfrate/core'
import { NEWEST_MIGRATION } from '@halfrate/store-sql'
import { expect, test } from 'vitest'
import { beginText } from '../src/database/session-settings.js'
import { timeoutsOf } from '../src/database/timeouts.js'
import { openPostgresStore } from '../src/index.js'
import { project, putMany } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'
import { untilWaiting } from './support/until-waiting.js'

const database = testDatabase()

test('two schemas of one database are two stores', async () => {
  const [first, second] = await Promise.all([
    openPostgresStore({ url: database.url, schema: 'first "one"' }),
    openPostgresStore({ url: database.url, schema: 'second' }),
  ])
  await putMany(first, 'row', 3)
  const counts = await Promise.all(
    [first, second].map(async (store) => (await store.report({ scope: { project } })).counts.total),
  )
  expect(counts).toEqual([3, 0])
  await Promise.all([first.shutdown(), second.shutdown()])
})

test('several that open an empty database at once all find it made', async () => {
  const schema = database.schema()
  const stores = await Promise.all(
    [1, 2, 3, 4].map(() => openPostgresStore({ url: database.url, schema })),
  )
  await Promise.all(stores.map((store) => store.shutdown()))
})

test('a role without rights gets one clear error', async () => {
  await withClient(database.url, (client) => client.query('CREATE ROLE newcomer LOGIN'))
  const url = new URL(database.url)
  url.username = 'newcomer'
  try {
    await expect(openPostgresStore({ url: url.href })).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('this role may not do that'),
      nextStep: expect.stringContaining('GRANT CREATE ON DATABASE'),
    })
  } finally {
    await withClient(database.url, (client) => client.query('DROP ROLE newcomer'))
  }
})

test('a store of a newer version names its migration', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  await withClient(database.url, (client) =>
    client.query(
      `INSERT INTO ${schema}.migrations VALUES ('9998_breaks', 1, 1), ('9999_future', 0, 1)`,
    ),
  )
  await expect(openPostgresStore({ url: database.url, schema })).rejects.toMatchObject({
    code: 'store_newer',
    message: expect.stringContaining('9998_breaks'),
  })
})

test('a store of a newer version that breaks nothing is opened', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  await withClient(database.url, (client) =>
    client.query(`INSERT INTO ${schema}.migrations VALUES ('9999_future', 0, 1)`),
  )
  const store = await openPostgresStore({ url: database.url, schema, make: false })
  await putMany(store, 'row', 1)
  await store.shutdown()
})

const LOCK_NOT_AVAILABLE = '55P03'
const setting = { scope: 'a', name: 'b', value: 1, ifVersion: null }

test('a newer version that changes the store meanwhile stops whoever works on it, at the next write', async () => {
  const schema = database.schema()
  const store = await openPostgresStore({ url: database.url, schema })
  await withClient(database.url, async (other) => {
    await other.query(`SET search_path = ${schema}`)
    await other.query("INSERT INTO migrations VALUES ('9998_future', 0, 1)")
    await store.putSetting({ ...setting, name: 'before' })
    await other.query(`BEGIN; LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE;
      INSERT INTO migrations VALUES ('9999_breaks', 1, 1)`)
    // Begun while the store is changed, it finds that when the change is over.
    const late = store.putSetting(setting)
    await untilWaiting(other, 1)
    await other.query('COMMIT')
    const newer = {
      code: 'store_newer',
      message: expect.stringContaining(
        `has migration 9999_breaks; this version of Halfrate knows up to ${NEWEST_MIGRATION}`,
      ) as unknown,
    }
    await expect(late).rejects.toMatchObject(newer)
    const claim = {
      work: { type: 'queues' },
      workerId: 'w' as WorkerId,
      leaseMs: 1,
      limit: 1,
    } as const
    await expect(store.claim(claim)).rejects.toMatchObject(newer)
    const written = await other.query("SELECT 1 FROM settings WHERE name = 'b'")
    expect(written.rowCount).toBe(0)
  })
  await store.shutdown()
})

test('whoever would write during a change waits for its lock, and leaves nobody waiting on the server', async () => {
  const schema = database.schema()
  const store = await openPostgresStore({ url: database.url, schema, lockTimeoutMs: 50 })
  await withClient(database.url, async (other) => {
    await other.query(
      `SET search_path = ${schema}; BEGIN; LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE`,
    )
    await expect(store.putSetting(setting)).rejects.toMatchObject({
      code: 'store_unavailable',
      cause: expect.objectContaining({ code: LOCK_NOT_AVAILABLE }),
    })
    await untilWaiting(other, 0)
    await other.query('COMMIT')
  })
  expect(await store.putSetting(setting)).toMatchObject({ version: 1 })
  await store.shutdown()
})

test('a breaking change waits for those who are writing', async () => {
  const schema = database.schema()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
  await withClient(database.url, async (older) => {
    await older.query(`SET search_path = ${schema}`)
    await older.query(`DROP TABLE blobs, blob_pieces, body_blobs;
      DELETE FROM migrations WHERE name = '0006_blobs'`)
    await older.query(`BEGIN; ${beginText('write', { schema, timeouts: timeoutsOf({}) }, true)}`)
    const opening = openPostgresStore({ url: database.url, schema })
    await untilWaiting(older, 1)
    await older.query('COMMIT')
    await (await opening).shutdown()
  })
})

test('a schema of another program is left as it is', async () => {
  await withClient(database.url, (client) =>
    client.query('CREATE SCHEMA theirs; CREATE TABLE theirs.orders (a int)'),
  )
  await expect(openPostgresStore({ url: database.url, schema: 'theirs' })).rejects.toMatchObject({
    code: 'store_foreign',
  })
})

test('a store that must be there is not made', async () => {
  const options = { url: database.url, schema: database.schema(), make: false }
  await expect(openPostgresStore(options)).rejects.toMatchObject({
    code: 'store_unavailable',
    nextStep: expect.stringContaining('let halfrate run make it'),
  })
})

test.each([
  ['a server that is not there', 'postgres://me:hunter2@127.0.0.1:1/db'],
  ['a URL that is none', 'postgres://me:hunter2@127.0.0.1:port/db'],
])('%s is named without the password', async (_, url) => {
  const error = await openPostgresStore({ url, random: () => 0 }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: expect.stringMatching(/^(store_unavailable|config)$/) })
  const { message, nextStep, stack, cause } = error as Error & { nextStep: string }
  expect(`${message} ${nextStep} ${stack} ${cause}`).not.toContain('hunter2')
})

test('a server that forgets what it has acknowledged is refused, unless somebody says that it may', async () => {
  const schema = database.schema()
  const server = new URL(database.url)
  server.searchParams.set('options', '-c halfrate.durability=checked')
  const options = { url: server.href, schema }
  const { rows } = await withClient(database.url, (client) => client.query('SHOW fsync'))
  const open = async (): Promise<void> => (await openPostgresStore(options)).shutdown()
  // A server that somebody named for the tests may well be one that waits for the disk.
  if (rows[0].fsync === 'on') await open()
  else {
    await expect(open()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('the server runs with fsync = off'),
      nextStep: expect.stringContaining("SET halfrate.durability = 'unchecked'"),
    })
  }
  await (await openPostgresStore({ ...options, durability: 'unchecked' })).shutdown()
  await (await openPostgresStore({ url: database.url, schema })).shutdown()
})

test('a commit waits for the disk, whatever the session says', async () => {
  const url = new URL(database.url)
  url.searchParams.set('options', '-c synchronous_commit=off')
  const schema = database.schema()
  const store = await openPostgresStore({ url: url.href, schema, poolSize: 1 })
  // The table's own default tells how the transaction was set that wrote the row.
  await withClient(database.url, (client) =>
    client.query(`CREATE TABLE ${schema}.seen (setting text);
      CREATE FUNCTION ${schema}.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE TRIGGER see AFTER INSERT ON ${schema}.requests FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.see()`),
  )
  await putMany(store, 'row', 1)
  const seen = await withClient(database.url, (client) =>
    client.query(`SELECT setting FROM ${schema}.seen`),
  )
  expect(seen.rows).toEqual([{ setting: 'on' }])
  await store.shutdown()
})
