import { anIntakeRow, violationsOf } from '@halfrate/conformance'
import type { Store, WorkerId } from '@halfrate/core'
import { afterEach, expect, test } from 'vitest'
import { openPostgresStore } from '../src/index.js'
import {
  account,
  endedBatch,
  openBatch,
  project,
  putMany,
  queue,
  queueFence,
  successes,
} from './support/batch-steps.js'
import { testDatabase } from './support/test-database.js'

const WORKERS = 8
const database = testDatabase()
const opened: Store[] = []

async function openWorkers(): Promise<readonly [Store, ...Store[]]> {
  const schema = database.schema()
  for (let index = 0; index < WORKERS; index += 1) {
    opened.push(await openPostgresStore({ url: database.url, schema, poolSize: 2 }))
  }
  return opened as [Store, ...Store[]]
}

afterEach(async () => {
  const [store] = opened
  try {
    if (store !== undefined) expect(await violationsOf(store)).toEqual([])
  } finally {
    await Promise.all(opened.splice(0).map((each) => each.shutdown()))
  }
})

test('each submission that is due goes to one of many workers', async () => {
  const stores = await openWorkers()
  const batches = []
  for (let number = 1; number <= 24; number += 1)
    batches.push(await endedBatch(stores[0], number, 1))
  await Promise.all(stores.map((store) => store.sweep()))
  const claims = await Promise.all(
    stores.map((store, index) => {
      const workerId = `racer-${index}` as WorkerId
      return store.claim({
        ...{ work: { type: 'submissions' }, workerId, leaseMs: 60_000, limit: 4 },
        takeOverFrom: 'worker-1' as WorkerId,
      })
    }),
  )
  const epochs = claims.flatMap(({ leases }) => leases.map((lease) => lease.epoch))
  expect(new Set(epochs).size).toBe(epochs.length)
  expect(epochs.length).toBeGreaterThan(0)
})

test('of many workers that come to one queue at once, one has it', async () => {
  const stores = await openWorkers()
  await putMany(stores[0], 'row', 3)
  const claims = await Promise.all(
    stores.map((store, index) => {
      const workerId = `racer-${index}` as WorkerId
      return store.claim({ work: { type: 'queues' }, workerId, leaseMs: 60_000, limit: 4 })
    }),
  )
  expect(claims.flatMap(({ leases }) => leases)).toHaveLength(1)
})

test('a request joins one submission, however many ask for it', async () => {
  const stores = await openWorkers()
  const ids = await putMany(stores[0], 'row', 200)
  const fence = await queueFence(stores[0])
  const batches = await Promise.all(
    stores.map((store, index) => openBatch(store, fence, index + 1)),
  )
  const filled = await Promise.all(
    stores.map((store, index) => {
      const submissionId = (batches[index] as (typeof batches)[number]).id
      // From both ends, which would be a deadlock without one order of locks.
      const order = index % 2 === 0 ? ids : ids.toReversed()
      const members = order.map((requestId) => ({ requestId, holdNano: null }))
      return store.addMembers({ fence, submissionId, members })
    }),
  )
  expect(filled.reduce((sum, { requestCount }) => sum + requestCount, 0)).toBe(ids.length)
})

test('a result that several bring at once is booked once', async () => {
  const stores = await openWorkers()
  const { submission, ids } = await endedBatch(stores[0], 1, 300)
  const results = await Promise.all(
    stores.map((store, index) => {
      const lines = successes(index % 2 === 0 ? ids : ids.toReversed())
      return store.settle({ submissionId: submission.id, addMissing: false, lines })
    }),
  )
  expect(results.reduce((sum, { fresh }) => sum + fresh, 0)).toBe(ids.length)
  expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(
    ids.length * (WORKERS - 1),
  )
  const { money } = await stores[0].report({ scope: { project } })
  expect(money.paidNano).toBe(ids.length * 150_000)
})

test('a key that several put at once is one request', async () => {
  const stores = await openWorkers()
  const rows = Array.from({ length: 200 }, (_, index) => anIntakeRow({ key: `row ${index}` }))
  const answers = await Promise.all(
    stores.map((store, index) =>
      store.putRequests({
        ...{ project, account, queue, job: null, onConflict: 'report' },
        rows: index % 2 === 0 ? rows : rows.toReversed(),
      }),
    ),
  )
  const all = answers.flat()
  expect(all.filter((answer) => answer.type === 'new')).toHaveLength(rows.length)
  expect(new Set(all.map((answer) => answer.id)).size).toBe(rows.length)
})

test('a batch that is sent holds what was not withdrawn from it, and nothing else', async () => {
  const stores = await openWorkers()
  const ids = await putMany(stores[0], 'row', 100)
  const fence = await queueFence(stores[0])
  const { id: submissionId } = await openBatch(stores[0], fence, 1)
  const members = ids.map((requestId) => ({ requestId, holdNano: null }))
  const [, ...canceled] = await Promise.all([
    stores[0].addMembers({ fence, submissionId, members }),
    ...stores.slice(1).map((store, index) =>
      store.cancel({
        ...{ project, reason: 'canceled' },
        requestIds: ids.filter((_, place) => place % WORKERS === index),
      }),
    ),
  ])
  const sealed = await stores[0].sealSubmission({ fence, submissionId })
  const gone = canceled.reduce((sum, each) => sum + each.canceled + each.withdrawn, 0)
  expect(sealed.requestCount + gone).toBe(ids.length)
})

test('more rows than arrays are used for come back as they went in', async () => {
  const [store] = await openWorkers()
  const { submission, ids } = await endedBatch(store, 1, 6_000)
  const settled = await store.settle({
    ...{ submissionId: submission.id, addMissing: false, lines: successes(ids) },
  })
  expect(settled).toMatchObject({ fresh: 6_000, done: 6_000, unknown: [], conflicts: [] })
  const again = await putMany(store, 'batch 1', 6_000)
  expect(again).toEqual(ids)
})
