import { aBlob, aRowWithBlobs, violationsOf } from '@halfrate/conformance'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import { account, project, putMany, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'
import { untilWaiting } from './support/until-waiting.js'

const database = testDatabase()
let store: PostgresStore | null = null

afterEach(async () => {
  if (store === null) return
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
  store = null
})

const lockText = (schema: string, id: number | undefined): string =>
  `SELECT 1 FROM ${schema}.progress WHERE id = ${id} FOR UPDATE`

// Conflicts that PostgreSQL settled in this database.
const DEADLOCKS = `SELECT deadlocks::int AS seen FROM pg_stat_database
  WHERE datname = current_database()`

test('a step that the server chose as the victim of a deadlock is done again, whole', async () => {
  const schema = database.schema()
  const open = await openPostgresStore({ url: database.url, schema })
  store = open
  const [first, second, third] = await putMany(open, 'row', 3)
  const ids = [first, second, third].filter((id) => id !== undefined)
  await withClient(database.url, (other) =>
    withClient(database.url, async (between) => {
      // It never looks for a deadlock itself, so the victim is the step.
      await other.query(`SET deadlock_timeout = '1h'; BEGIN; ${lockText(schema, third)}`)
      await between.query(`BEGIN; ${lockText(schema, second)}`)
      const canceled = open.cancel({ project, requestIds: ids, reason: 'canceled' })
      await untilWaiting(between, 1)
      const turn = other.query(lockText(schema, first))
      await untilWaiting(between, 2)
      // Now the step waits for the third, whose holder waits for the first.
      await between.query('COMMIT')
      await turn
      await other.query('COMMIT')
      expect(await canceled).toEqual({ canceled: 3, withdrawn: 0, flagged: 0 })
      for (let seen = 0; seen === 0; ) {
        await other.query('SELECT pg_stat_clear_snapshot()')
        seen = (await other.query<{ seen: number }>(DEADLOCKS)).rows[0]?.seen ?? 0
      }
    }),
  )
})

test('a step that can’t be serialized with another transaction is done again', async () => {
  const schema = database.schema()
  const url = new URL(database.url)
  // What some databases have as their default.
  url.searchParams.set('options', '-c default_transaction_isolation=serializable')
  const open = await openPostgresStore({ url: url.href, schema })
  store = open
  // So that the names are there, and the next step is the one that takes ids.
  await putMany(open, 'before', 1)
  await withClient(database.url, async (other) => {
    await other.query(`BEGIN; UPDATE ${schema}.counters SET value = value + 1`)
    const put = putMany(open, 'row', 3)
    await untilWaiting(other, 1)
    await other.query('COMMIT')
    expect(new Set(await put).size).toBe(3)
  })
  expect((await open.report({ scope: { project } })).counts.total).toBe(4)
})

test('a step sees what others have committed since it began, whatever the database’s default is', async () => {
  const schema = database.schema()
  const url = new URL(database.url)
  url.searchParams.set('options', '-c default_transaction_isolation=serializable')
  const open = await openPostgresStore({ url: url.href, schema })
  store = open
  const [id] = await putMany(open, 'row', 1)
  await withClient(database.url, (client) =>
    client.query(`CREATE TABLE ${schema}.seen (setting text);
      CREATE FUNCTION ${schema}.see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO seen VALUES (current_setting('transaction_isolation')); RETURN NULL; END $$;
      CREATE TRIGGER see AFTER UPDATE ON ${schema}.progress FOR EACH STATEMENT EXECUTE FUNCTION ${schema}.see()`),
  )
  const requestIds = [id].filter((each) => each !== undefined)
  await open.cancel({ project, requestIds, reason: 'canceled' })
  const seen = await withClient(database.url, (client) =>
    client.query(`SELECT DISTINCT setting FROM ${schema}.seen`),
  )
  expect(seen.rows).toEqual([{ setting: 'read committed' }])
})

test('a file that somebody has begun to use is not removed with the last one who had it before', async () => {
  const schema = database.schema()
  const open = await openPostgresStore({ url: database.url, schema })
  store = open
  const [shared, own] = [aBlob(9), aBlob(9, 1)]
  const job = await open.openJob({ project, queue, name: 'june' })
  const filling = { id: job.id, part: job.openPart, fill: job.fill }
  const page = { project, account, queue, onConflict: 'report' } as const
  await open.putRequests({ ...page, job: filling, rows: [aRowWithBlobs('a', [shared], 1)] })
  const late = aRowWithBlobs('b', [shared, own])
  await withClient(database.url, async (other) => {
    // The put has found the shared file, and waits for one that another transaction brings and gives up.
    await other.query(`BEGIN; INSERT INTO ${schema}.blobs (project_id, hash, size)
      SELECT id, '\\x${Buffer.from(own.hash).toString('hex')}', 9 FROM ${schema}.names WHERE text = '${project}'`)
    const put = open.putRequests({ ...page, job: null, rows: [late] })
    await untilWaiting(other, 1)
    const discarded = open.discardPart(filling)
    await untilWaiting(other, 2)
    await other.query('ROLLBACK')
    expect((await put)[0]?.type).toBe('new')
    expect(await discarded).toMatchObject({ type: 'discarded', left: 0 })
  })
  for (const { hash, bytes } of [shared, own]) {
    expect(await open.readBlob({ project, hash, piece: 0 })).toEqual(bytes)
  }
})
