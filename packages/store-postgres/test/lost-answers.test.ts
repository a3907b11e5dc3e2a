import {
  aLook,
  aNonce,
  anEndedBatch,
  anError,
  aProviderError,
  aSuccess,
  SUCCEEDED,
  testDigest,
  violationsOf,
} from '@halfrate/conformance'
import { laneKey, type RemoteId, StoreUnavailableError, type Submission } from '@halfrate/core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openPostgresStore, type PostgresStore } from '../src/index.js'
import {
  account,
  openBatch,
  project,
  putMany,
  queue,
  queueFence,
  remoteIdOf,
  submissionFence,
} from './support/batch-steps.js'
import { type CuttingProxy, startCuttingProxy } from './support/cutting-proxy.js'
import { testDatabase } from './support/test-database.js'

const database = testDatabase()
let proxy: CuttingProxy
let store: PostgresStore

beforeAll(async () => {
  proxy = await startCuttingProxy(database.url)
})

beforeEach(async () => {
  store = await openPostgresStore({ url: proxy.url, schema: database.schema(), poolSize: 1 })
})

afterEach(async () => {
  expect(await violationsOf(store)).toEqual([])
  await store.shutdown()
})

afterAll(() => proxy.stop())

// The first answer is lost after the server has done it; then the same is asked again.
async function twice<T>(call: () => Promise<T>): Promise<T> {
  proxy.loseNextCommit()
  await expect(call()).rejects.toBeInstanceOf(StoreUnavailableError)
  return call()
}

async function filling(count: number): Promise<{ submission: Submission; ids: readonly number[] }> {
  const ids = await putMany(store, 'row', count)
  const fence = await queueFence(store)
  const opened = await openBatch(store, fence, 1)
  const members = ids.map((requestId) => ({ requestId, holdNano: null }))
  const submission = await store.addMembers({ fence, submissionId: opened.id, members })
  return { submission, ids }
}

async function sending(count: number): Promise<{ submission: Submission; ids: readonly number[] }> {
  const { submission, ids } = await filling(count)
  const fence = await queueFence(store)
  const sealed = await store.sealSubmission({ fence, submissionId: submission.id })
  const begin = { fence: await submissionFence(store, sealed), submissionId: submission.id }
  await store.beginSend({ ...begin, look: aLook(), sendMs: 60_000 })
  return { submission: sealed, ids }
}

const countsOf = async (): Promise<unknown> =>
  (await store.report({ scope: { project } })).counts.byState

test('a cancel is done once: waiting ones end, members of a batch are withdrawn', async () => {
  const { submission } = await filling(2)
  const [waiting] = await putMany(store, 'other', 1)
  const members = await store.readMembers({ submissionId: submission.id, after: -1, limit: 10 })
  const requestIds = [waiting, members[0]?.requestId].filter((id) => id !== undefined)
  const again = await twice(() => store.cancel({ project, requestIds, reason: 'canceled' }))
  expect(again).toEqual({ canceled: 0, withdrawn: 0, flagged: 0 })
  expect(await store.getSubmission({ submissionId: submission.id })).toMatchObject({
    requestCount: 1,
  })
  expect(await countsOf()).toMatchObject({ assigned: 1, done: 2 })
})

test('a submission that was taken apart has nothing left to give back', async () => {
  const { submission } = await filling(3)
  const params = { fence: await queueFence(store), submissionId: submission.id }
  expect(await twice(() => store.dissolve(params))).toEqual({ left: 0 })
  expect(await countsOf()).toMatchObject({ waiting: 3, assigned: 0 })
})

test('a scan is counted once, and a verdict that it brought stands', async () => {
  const { submission } = await sending(2)
  const { id: submissionId, nonce } = submission
  const evidence = { type: 'ambiguous', error: aProviderError() } as const
  await store.recordEvidence({ account, nonce, evidence })
  const scan = async (basedOnScans: number, lost: { possiblyPaid: boolean } | null) => {
    const { search } = (await store.getSubmission({ submissionId })) as Submission
    const nextStepAt = await store.now()
    const found = { ...search, scans: basedOnScans + 1, clearSince: nextStepAt }
    const fence = await submissionFence(store, submission)
    const params = { fence, submissionId, basedOnScans, search: found, nextStepAt, lost }
    return twice(() => store.recordScan(params))
  }
  expect(await scan(0, null)).toMatchObject({ state: 'ambiguous', search: { scans: 1 } })
  expect(await scan(1, { possiblyPaid: false })).toMatchObject({
    state: 'lost',
    search: { scans: 2 },
  })
})

test('members are let go once, and a request that waits again is not put back twice', async () => {
  const { submission, ids } = await sending(2)
  const batch = anEndedBatch({ errored: 2 }, { id: remoteIdOf(submission) })
  const { nonce, id: submissionId } = submission
  await store.recordEvidence({ account, nonce, evidence: { type: 'found', batch } })
  const lines = ids.map((id) => anError(id as (typeof ids)[number] & Parameters<typeof anError>[0]))
  await store.settle({ submissionId, addMissing: false, lines })
  const fence = await submissionFence(store, submission)
  const to = { type: 'waiting', notBefore: 0, countAs: 'failure', batchLimit: null } as const
  const moves = [0, 1].map((ordinal) => {
    return { ordinal, outcome: 'errored', to, possiblyPaid: false } as const
  })
  const release = { fence, submissionId, state: 'ended', remoteId: batch.id, moves } as const
  const again = await twice(() => store.releaseMembers(release))
  expect(again).toEqual({ released: 0, waiting: 0, done: 0, skipped: 2 })
  expect(await countsOf()).toMatchObject({ waiting: 2, assigned: 0 })
})

test('a page that is taken in adds each request and books each line once', async () => {
  const batch = anEndedBatch({ succeeded: 2 }, { id: 'msgbatch_other' as RemoteId })
  const lines = ['one', 'two'].map((key) => ({
    ...aSuccess(1 as Parameters<typeof aSuccess>[0]),
    requestId: null,
    key,
    keyHash: testDigest.hash128(new TextEncoder().encode(key)),
    model: 'claude-haiku-4-5',
    end: SUCCEEDED,
  }))
  const home = { project, queue, job: 'taken in', lane: laneKey({}) }
  const nonce = aNonce(900)
  const params = { account, nonce, look: aLook(), firstRequestId: null, home, batch, lines }
  // What it needs names for is there already, so the commit that is lost is that of the page.
  await store.openJob({ project, queue, name: 'before' })
  await putMany(store, 'before', 1)
  await twice(() => store.importSubmission(params))
  const { counts, money } = await store.report({ scope: { project } })
  expect(counts).toMatchObject({ total: 3, byState: { done: 2 } })
  expect(money.paidNano).toBe(2 * 150_000)
})
