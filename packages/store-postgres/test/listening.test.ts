import { anIntakeRow } from '@halfrate/conformance'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import { account, project, putMany, queue } from './support/batch-steps.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
const opened: PostgresStore[] = []

async function open(schema: string, pooler?: 'transaction'): Promise<PostgresStore> {
  const store = await openPostgresStore({ url: database.url, schema, pooler, poolSize: 2 })
  opened.push(store)
  return store
}

afterEach(() => Promise.all(opened.splice(0).map((each) => each.shutdown())))

// Hints, one after another: each call waits for the next.
function hintsOf(store: PostgresStore): () => Promise<void> {
  const waiting: (() => void)[] = []
  let came = 0
  store.listen(() => {
    const next = waiting.shift()
    if (next === undefined) came += 1
    else next()
  })
  return () => {
    if (came === 0) return new Promise((resolve) => waiting.push(resolve))
    came -= 1
    return Promise.resolve()
  }
}

// A listener hears nothing of what came before it listened, so the first hint is about that.
async function listening(store: PostgresStore): Promise<() => Promise<void>> {
  const next = hintsOf(store)
  await next()
  return next
}

test('another process is told of a loose request as soon as it is stored', async () => {
  const schema = database.schema()
  const next = await listening(await open(schema))
  const other = await open(schema)
  await putMany(other, 'row', 3)
  await next()
})

test('rows of a job are told of by its commit, and not before', async () => {
  const schema = database.schema()
  const other = await open(schema)
  await withClient(database.url, async (client) => {
    const heard: (string | undefined)[] = []
    client.on('notification', ({ payload }) => heard.push(payload))
    await client.query('LISTEN halfrate')
    const job = await other.openJob({ project, queue, name: 'june' })
    const filling = { id: job.id, part: 1, fill: job.fill }
    const rows = [anIntakeRow({ key: 'a', row: 1 })]
    const put = { project, account, queue, onConflict: 'report', rows } as const
    await other.putRequests({ ...put, job: filling })
    await client.query('SELECT 1')
    expect(heard).toEqual([])
    const commit = { ...filling, newRows: 1, rowCount: 1, sourceDigest: null }
    await other.commitJob(commit)
    await client.query('SELECT 1')
    expect(heard).toEqual([schema])
    // What is there already is no new work.
    await other.commitJob(commit)
    await client.query('SELECT 1')
    expect(heard).toEqual([schema])
  })
})

test('a store of another schema is not disturbed', async () => {
  let hints = 0
  const store = await open(database.schema())
  const connected = new Promise<void>((resolve) => {
    store.listen(() => {
      hints += 1
      resolve()
    })
  })
  await connected
  const sameSchema = await listening(await open(database.schema()))
  const neighbour = opened.at(-1) as PostgresStore
  await putMany(neighbour, 'row', 1)
  await sameSchema()
  expect(hints).toBe(1)
})

const LISTENERS = `FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'halfrate listener'`

test('a listener whose connection the server ends listens again by itself', async () => {
  const schema = database.schema()
  const store = await open(schema)
  const next = await listening(store)
  for (let round = 0; round < 3; round += 1) {
    await withClient(database.url, (client) =>
      client.query(`SELECT pg_terminate_backend(pid) ${LISTENERS}`),
    )
    await next()
  }
  await putMany(store, 'row', 1)
  await next()
})

// The server notices a moment later that a listener has gone.
async function untilNobodyListens(): Promise<void> {
  await withClient(database.url, async (client) => {
    for (let left = 1; left > 0; ) {
      left = (await client.query(`SELECT 1 ${LISTENERS}`)).rows.length
    }
  })
}

test('behind a pooler nobody listens, and nothing is missed', async () => {
  await untilNobodyListens()
  const store = await open(database.schema(), 'transaction')
  const stop = store.listen(() => expect.unreachable('nothing is heard behind a pooler'))
  await putMany(store, 'row', 1)
  const { rows } = await withClient(database.url, (client) => client.query(`SELECT 1 ${LISTENERS}`))
  expect(rows).toEqual([])
  await stop()
})

test('a listener that is closed leaves no connection behind', async () => {
  const store = await open(database.schema())
  let heard: () => void = () => undefined
  const connected = new Promise<void>((resolve) => {
    heard = resolve
  })
  const stop = store.listen(() => heard())
  await connected
  await stop()
  await untilNobodyListens()
})
