import { EventEmitter, once } from 'node:events'
import { aLook, anEndedBatch, anIntakeRow, violationsOf } from '@halfrate/conformance'
import { type ProjectId, type Store, StoreUnavailableError, type WorkerId } from '@halfrate/core'
import { startPostgres } from '@halfrate/postgres-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import {
  account,
  openBatch,
  project,
  putMany,
  queue,
  queueFence,
  remoteIdOf,
  submissionFence,
  successes,
} from './support/batch-steps.js'
import { type CuttingProxy, startCuttingProxy } from './support/cutting-proxy.js'
import { testDatabase, withClient } from './support/test-database.js'

const database = testDatabase()
let proxy: CuttingProxy

beforeAll(async () => {
  proxy = await startCuttingProxy(database.url)
})

afterAll(() => proxy.stop())

// The first answer is lost after the server has done it; then the same is asked again.
async function twice<T>(call: () => Promise<T>): Promise<T> {
  proxy.loseNextCommit()
  await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError)
  return call()
}

test('every step whose answer to the commit was lost can be asked again', async () => {
  const store = await openPostgresStore({ url: proxy.url, schema: database.schema(), poolSize: 1 })
  // Names are added by a commit of their own, which is not what is lost here.
  const other = { account, queue, job: null, onConflict: 'report' } as const
  const rest = { project: 'other' as ProjectId, rows: [anIntakeRow({ key: 'a' })] }
  await store.putRequests({ ...other, ...rest })
  await store.openJob({ project, queue, name: 'may' })
  const name = { project, queue, name: 'june' }
  const job = await twice(() => store.openJob(name))
  const filling = { id: job.id, part: 1, fill: job.fill }
  const rows = [1, 2, 3].map((row) => anIntakeRow({ key: `row ${row}`, row }))
  const put = { project, account, queue, onConflict: 'report', rows } as const
  const answers = await twice(() => store.putRequests({ ...put, job: filling }))
  expect(answers.map((answer) => answer.type)).toEqual(['same', 'same', 'same'])
  const commit = { ...filling, newRows: 3, rowCount: 3, sourceDigest: null }
  expect(await twice(() => store.commitJob(commit))).toMatchObject({ type: 'committed' })

  const fence = await twice(() => queueFence(store))
  const { id: submissionId, nonce } = await twice(() => openBatch(store, fence, 1))
  const members = answers.map(({ id: requestId }) => ({ requestId, holdNano: null }))
  const filled = await twice(() => store.addMembers({ fence, submissionId, members }))
  expect(filled.requestCount).toBe(3)
  const sealed = await twice(() => store.sealSubmission({ fence, submissionId }))
  expect(sealed.state).toBe('sealed')

  const own = await twice(() => submissionFence(store, sealed))
  const begin = { fence: own, submissionId, look: aLook(), sendMs: 60_000 }
  // It may have begun, so nothing is sent: somebody looks for it.
  expect(await twice(() => store.beginSend(begin))).toMatchObject({ type: 'refused' })
  const batch = anEndedBatch({ succeeded: 3 }, { id: remoteIdOf(sealed) })
  const evidence = { account, nonce, evidence: { type: 'found', batch } } as const
  expect(await twice(() => store.recordEvidence(evidence))).toMatchObject({ type: 'known' })
  const lines = successes(answers.map((answer) => answer.id))
  const settle = { submissionId, addMissing: false, lines }
  expect(await twice(() => store.settle(settle))).toMatchObject({ fresh: 0, duplicates: 3 })
  const closed = await twice(() => store.closeSubmission({ fence: own, submissionId }))
  expect(closed?.state).toBe('collected')

  const { counts, money } = await store.report({ scope: { project } })
  expect(counts).toMatchObject({ total: 3, byState: { done: 3 } })
  expect(money.paidNano).toBe(450_000)
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
})

// Puts pages of distinct keys until each is answered, and tells how often it had to ask again.
async function putAll(
  store: Store,
  worker: string,
  pages: number,
  onPage: () => void = () => undefined,
): Promise<number> {
  let repeats = 0
  for (let page = 0; page < pages; ) {
    try {
      await putMany(store, `${worker} page ${page}`, 20)
      page += 1
      onPage()
    } catch (error) {
      expect(error).toBeInstanceOf(StoreUnavailableError)
      repeats += 1
    }
  }
  return repeats
}

// Where nothing else limits the kills, a machine that is busy enough lets no page through for minutes on end.
const KILLS_AT_ONCE = 200

test('connections that the server ends lose nothing and double nothing', async () => {
  const schema = database.schema()
  const store = await openPostgresStore({ url: database.url, schema, poolSize: 4 })
  const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()`
  const answered = new EventEmitter()
  const onPage = (): void => void answered.emit('page')
  const work = Promise.all(['a', 'b', 'c', 'd'].map((worker) => putAll(store, worker, 15, onPage)))
  let isOver = false
  let ended = 0
  const kills = (async () => {
    for (let round = 1; !isOver; round += 1) {
      const { rowCount } = await withClient(database.url, (client) => client.query(kill))
      ended += rowCount ?? 0
      if (round >= KILLS_AT_ONCE) await Promise.race([once(answered, 'page'), work])
    }
  })()
  await work
  isOver = true
  await kills
  expect(ended).toBeGreaterThan(0)
  expect((await store.report({ scope: { project } })).counts.total).toBe(4 * 15 * 20)
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
})

test('a server that crashes and starts again under load loses nothing and doubles nothing', async () => {
  const server = await startPostgres()
  try {
    const store = await openPostgresStore({ url: server.url, poolSize: 4 })
    const work = Promise.all(['a', 'b', 'c', 'd'].map((worker) => putAll(store, worker, 25)))
    for (let crash = 0; crash < 3; crash += 1) await server.restart()
    await work
    expect((await store.report({ scope: { project } })).counts.total).toBe(4 * 25 * 20)
    expect(await violationsOf(store)).toEqual([])
    await store.shutdown()
  } finally {
    await server.stop()
  }
})

test('a step that waits for another one is tried again until it has its turn', async () => {
  const schema = database.schema()
  const store = await openPostgresStore({ url: database.url, schema, lockTimeoutMs: 50 })
  const job = await store.openJob({ project, queue, name: 'june' })
  await withClient(database.url, async (client) => {
    await client.query(`BEGIN; SELECT 1 FROM ${schema}.jobs WHERE id = ${job.id} FOR UPDATE`)
    const opened = store.openJob({ project, queue, name: 'june' })
    const seen = `SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted`
    for (let waiting = 0; waiting === 0; ) {
      waiting = (await client.query<{ waiting: number }>(seen)).rows[0]?.waiting ?? 0
    }
    await client.query('COMMIT')
    expect(await opened).toEqual(job)
  })
  await store.shutdown()
})

test('a lease outlives its connection', async () => {
  const store = await openPostgresStore({ url: proxy.url, schema: database.schema() })
  const claim = { work: { type: 'singleton', name: 'duty' }, leaseMs: 60_000, limit: 1 } as const
  await store.claim({ ...claim, workerId: 'one' as WorkerId })
  const { leases, heldBy } = await store.claim({ ...claim, workerId: 'two' as WorkerId })
  expect([leases, heldBy?.workerId]).toEqual([[], 'one'])
  await store.shutdown()
})
