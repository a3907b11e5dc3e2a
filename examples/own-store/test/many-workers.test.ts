import { aLook, anEndedBatch, aSuccess, violationsOf } from '@halfrate/conformance'
import type { OperatingStore, RemoteId, RequestId, Store, WorkerId } from '@halfrate/core'
import { afterEach, expect, test } from 'vitest'
import { openRedisStore } from '../src/index.js'
import { describeWithServer } from './support/describe-with-server.js'
import { fenceOf, OURS, put, sealed } from './support/steps.js'

const WORKERS = 6

type Worker = Store & OperatingStore

describeWithServer('many workers', (server) => {
  const opened: Worker[] = []

  async function workersOn(namespace: string): Promise<readonly [Worker, ...Worker[]]> {
    const { url } = server()
    const open = (): Promise<Worker> => openRedisStore({ url, namespace })
    const [first, ...others] = await Promise.all(Array.from({ length: WORKERS }, open))
    if (first === undefined) throw new Error('There is no worker.')
    opened.push(first, ...others)
    return [first, ...others]
  }

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((store) => store.shutdown()))
  })

  test('the same keys put by all at once are stored once', async () => {
    const stores = await workersOn('same-keys')
    const keys = Array.from({ length: 50 }, (_, index) => `key ${index}`)
    const answers = await Promise.all(stores.map((store) => put(store, keys)))
    expect(answers.flat().filter(({ type }) => type === 'new')).toHaveLength(50)
    expect(new Set(answers.flat().map(({ id }) => id)).size).toBe(50)
    const { counts } = await stores[0].report({ scope: { project: OURS.project } })
    expect(counts.total).toBe(50)
    expect(await violationsOf(stores[0])).toEqual([])
  })

  test('a resource that all claim at once is leased once', async () => {
    const stores = await workersOn('claims')
    await put(stores[0], ['a'])
    const claims = await Promise.all(
      stores.map((store, index) =>
        store.claim({
          work: { type: 'queues' },
          workerId: `worker ${index}` as WorkerId,
          leaseMs: 60_000,
          limit: 10,
        }),
      ),
    )
    expect(claims.flatMap(({ leases }) => leases)).toHaveLength(1)
  })

  test('a request that all send again at once gets one new one', async () => {
    const stores = await workersOn('retries')
    const [store] = stores
    const ids = (await put(store, ['a', 'b', 'c'])).map(({ id }) => id)
    const { project } = OURS
    await store.cancel({ project, requestIds: ids, reason: 'canceled' })
    const rows = ids.map((requestId) => ({ requestId, changed: null }))
    const answers = await Promise.all(stores.map((each) => each.retry({ project, rows })))
    const said = answers.flat().map((each) => (each.type === 'refused' ? each.because : each.type))
    expect(said.filter((each) => each === 'retried')).toHaveLength(ids.length)
    expect(said.filter((each) => each === 'replaced')).toHaveLength(ids.length * (WORKERS - 1))
    expect(await store.listQueues({ project })).toMatchObject([{ waiting: ids.length }])
    expect(await violationsOf(store)).toEqual([])
  })

  test('a document that all change at once loses no change', async () => {
    const stores = await workersOn('documents')
    const name = { scope: 'store', name: 'counter' }
    const addOne = async (store: Store): Promise<void> => {
      for (let isDone = false; !isDone; ) {
        const old = await store.getSetting(name)
        const value = ((old?.value as number | undefined) ?? 0) + 1
        const ifVersion = old?.version ?? null
        isDone = (await store.putSetting({ ...name, value, ifVersion })) !== null
      }
    }
    await Promise.all(stores.map(addOne))
    expect(await stores[0].getSetting(name)).toEqual({ value: WORKERS, version: WORKERS })
  })

  test('lines that all book at once are booked once', async () => {
    const stores = await workersOn('lines')
    const [store] = stores
    const keys = Array.from({ length: 60 }, (_, index) => `key ${index}`)
    const ids: readonly RequestId[] = (await put(store, keys)).map(({ id }) => id)
    const { id: submissionId, account, nonce } = await sealed(store, ids)
    const fence = await fenceOf(store, 'submissions')
    await store.beginSend({ fence, submissionId, look: aLook(), sendMs: 60_000 })
    const batch = anEndedBatch({ succeeded: ids.length }, { id: 'msgbatch_1' as RemoteId })
    await store.recordEvidence({ account, nonce, evidence: { type: 'found', batch } })
    // Each in its own order, so that every page of one overlaps with several of another.
    const pagesOf = (offset: number): RequestId[][] => {
      const order = [...ids.slice(offset), ...ids.slice(0, offset)]
      return [0, 20, 40].map((at) => order.slice(at, at + 20))
    }
    const results = await Promise.all(
      stores.flatMap((each, index) =>
        pagesOf(index * 7).map((page) =>
          each.settle({ submissionId, addMissing: false, lines: page.map((id) => aSuccess(id)) }),
        ),
      ),
    )
    const sum = (of: 'fresh' | 'duplicates' | 'done'): number =>
      results.reduce((total, result) => total + result[of], 0)
    expect([sum('fresh'), sum('done'), sum('duplicates')]).toEqual([60, 60, 60 * (WORKERS - 1)])
    expect(await violationsOf(store)).toEqual([])
  })
})
