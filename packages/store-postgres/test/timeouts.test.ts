import { violationsOf } from '@halfrate/conformance'
import { StoreUnavailableError } from '@halfrate/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore, type PostgresStoreOptions } from '../src/index.js'
import { project, putMany, queue } from './support/batch-steps.js'
import { type MuteProxy, startMuteProxy } from './support/mute-proxy.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
let proxy: MuteProxy
const opened: PostgresStore[] = []

beforeEach(async () => {
  proxy = await startMuteProxy(database.url)
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.shutdown()))
  await proxy.stop()
})

async function open(options: Partial<PostgresStoreOptions>): Promise<PostgresStore> {
  const store = await openPostgresStore({ url: proxy.url, ...options })
  opened.push(store)
  return store
}

/** A store on a network without faults, to look with. */
const look = (schema: string): Promise<PostgresStore> => open({ url: database.url, schema })

const totalOf = async (store: PostgresStore): Promise<number> =>
  (await store.report({ scope: { project } })).counts.total

test('a statement that takes too long fails its call, and nothing else', async () => {
  const schema = database.schema()
  await look(schema)
  const options = { schema, poolSize: 1, statementTimeoutMs: 2_000, lockTimeoutMs: 60_000 }
  const store = await open(options)
  const [id] = await putMany(store, 'row', 1)
  const requestIds = [id].filter((each) => each !== undefined)
  const cancel = () => store.cancel({ project, requestIds, reason: 'canceled' })
  await withClient(database.url, async (other) => {
    await other.query(`BEGIN; SELECT 1 FROM ${schema}.progress FOR UPDATE`)
    const error = await cancel().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect(error).toMatchObject({ message: expect.stringContaining('(statement_timeout)') })
    await other.query('COMMIT')
  })
  // The same connection goes on.
  expect(proxy.made()).toBe(1)
  expect(await cancel()).toMatchObject({ canceled: 1 })
  expect(await violationsOf(store)).toEqual([])
})

test('a process that stands still within a step loses its locks to others, and does the step again', async () => {
  const schema = database.schema()
  const other = await look(schema)
  const store = await open({ schema, idleInTransactionTimeoutMs: 2_000 })
  const [id] = await putMany(store, 'row', 1)
  const requestIds = [id].filter((each) => each !== undefined)
  const frozen = proxy.freezeAfter('FOR UPDATE')
  const struck = proxy.heard('25P03')
  const mine = store.cancel({ project, requestIds, reason: 'canceled' })
  await frozen
  const theirs = await other.cancel({ project, requestIds, reason: 'canceled' })
  await struck
  // One of the two did it, and each has an answer.
  expect((await mine).canceled + theirs.canceled).toBe(1)
  expect(await violationsOf(store)).toEqual([])
})

test('when one connection turns out to be forgotten by the network, the others are not asked', async () => {
  const schema = database.schema()
  const store = await open({ schema, poolSize: 6, connectTimeoutMs: 3_000 })
  const puts = [1, 2, 3, 4, 5, 6].map((number) => putMany(store, `worker ${number}`, 1))
  await Promise.all(puts)
  expect(proxy.made()).toBeGreaterThan(2)
  proxy.mute()
  expect(await totalOf(store)).toBe(6)
  expect(proxy.askedInVain()).toBe(1)
})

test.each([
  ['a statement', 'FOR UPDATE'],
  ['a page that is copied', 'COPY'],
])('%s that gets no answer is sent again on another connection', async (_, text) => {
  const schema = database.schema()
  const store = await open({ schema, statementTimeoutMs: 3_000, callTimeoutMs: 60_000 })
  const [id] = await putMany(store, 'first', 1)
  const requestIds = [id].filter((each) => each !== undefined)
  proxy.muteAt(text)
  if (text === 'COPY') await putMany(store, 'row', 6_000)
  else await store.cancel({ project, requestIds, reason: 'canceled' })
  expect(proxy.askedInVain()).toBe(1)
  expect(await totalOf(store)).toBe(text === 'COPY' ? 6_001 : 1)
  expect(await violationsOf(store)).toEqual([])
})

test('a commit that gets no answer may have happened, and the call can be repeated', async () => {
  const store = await open({ schema: database.schema(), statementTimeoutMs: 3_000 })
  const [id] = await putMany(store, 'row', 1)
  const requestIds = [id].filter((each) => each !== undefined)
  const cancel = () => store.cancel({ project, requestIds, reason: 'canceled' })
  proxy.muteAt('COMMIT\0')
  await expect(cancel()).rejects.toThrow('the step may have happened')
  expect(await cancel()).toMatchObject({ canceled: 1 })
})

test('a call that nothing answers any more ends at its limit, however many tries are left', async () => {
  const schema = database.schema()
  const store = await open({ schema, connectTimeoutMs: 1_000, callTimeoutMs: 5_000 })
  await putMany(store, 'row', 1)
  const before = proxy.made()
  proxy.mute('andNew')
  const calls = await Promise.allSettled([
    store.report({ scope: { project } }),
    store.openJob({ project, queue, name: 'june' }),
    putMany(store, 'other', 1),
    store.now(),
  ])
  for (const call of calls) {
    expect(call).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'store_unavailable',
        message: expect.stringContaining('not done within 5 s, the longest that a call may take'),
      },
    })
  }
  expect(proxy.made() - before).toBeLessThan(4 * 12)
})

test('a store is shut down on a network that swallows its farewell', async () => {
  const store = await open({ schema: database.schema() })
  await putMany(store, 'row', 1)
  proxy.mute('andNew')
  await opened.pop()?.shutdown()
  await proxy.left()
})

test.each([
  ['statementTimeoutMs', 0],
  ['lockTimeoutMs', -1],
  ['idleInTransactionTimeoutMs', 3_600_001],
  ['connectTimeoutMs', Number.NaN],
  ['callTimeoutMs', 1.5],
])('%s can’t be %d', async (name, ms) => {
  await expect(open({ [name]: ms })).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining(`${name}: expected a whole number of milliseconds`),
  })
})
