import { expect, test } from 'vitest'
import { enqueue } from '../../../src/engine/intake-enqueue.js'
import { DEFAULT_PROJECT, DEFAULT_QUEUE, type QueueName } from '../../../src/model/ids.js'
import { queueSetting } from '../../../src/model/setting-documents.js'
import { splitBody } from '../../../src/policy/intake/index.js'
import { load, rowOf, rows, WatchedStore } from './arrange.js'

async function setTails(
  store: WatchedStore,
  keyTails: boolean,
  queue: QueueName = DEFAULT_QUEUE,
): Promise<void> {
  const name = queueSetting(DEFAULT_PROJECT, queue)
  const current = await store.getSetting(name)
  await store.putSetting({ ...name, value: { keyTails }, ifVersion: current?.version ?? null })
}

/** The tail of each request that is stored, by its key; null for none. And whether its size counts it. */
function tailsOf(store: WatchedStore): Readonly<Record<string, string | null>> {
  const { bodies, requests } = store.snapshot()
  const byId = new Map(bodies)
  return Object.fromEntries(
    requests.map(({ request: { key, bodyId, itemBytes } }) => {
      const { tail, body } = splitBody(byId.get(bodyId)?.bytes ?? expect.fail('there is no body'))
      expect(itemBytes).toBe(FRAME_BYTES + body.length + (tail?.length ?? 0))
      return [key, tail === null ? null : Buffer.from(tail).toString()]
    }),
  )
}

const FRAME_BYTES = '{"custom_id":"","params":{}}'.length + 42

test('rows of a queue whose policy says so have tails, loose or in a job, and others none', async () => {
  const store = new WatchedStore()
  await setTails(store, true)
  await enqueue({ store, rows: [rowOf('a', null)] })
  await load(store, rows(2))
  const other = 'other' as QueueName
  await enqueue({ store, queue: other, rows: [rowOf('b', null)] })
  expect(tailsOf(store)).toEqual({ a: '-a', k1: '-k1', k2: '-k2', b: null })
})

test('what an id ends in stays as it was at intake, and what comes later is as the policy is then', async () => {
  const store = new WatchedStore()
  await enqueue({ store, rows: [rowOf('a', null)] })
  await setTails(store, true)
  const [same] = await enqueue({ store, rows: [rowOf('a', null)] })
  await enqueue({ store, rows: [rowOf('b', null)] })
  await setTails(store, false)
  const [other] = await enqueue({ store, rows: [rowOf('b', null)] })
  await enqueue({ store, rows: [rowOf('c', null)] })
  expect([same?.type, other?.type]).toEqual(['same', 'same'])
  expect(tailsOf(store)).toEqual({ a: null, b: '-b', c: null })
})

test('a load can say otherwise for its rows, and is told of rows as they came', async () => {
  const store = new WatchedStore()
  const told: number[] = []
  const input = rows(2)
  const onStored = ({ itemBytes }: { itemBytes: number }) => told.push(itemBytes)
  await load(store, input, { keyTails: true, onStored })
  expect(tailsOf(store)).toEqual({ k1: '-k1', k2: '-k2' })
  expect(told).toEqual(input.map(({ itemBytes }) => itemBytes))
  await setTails(store, true)
  await load(store, rows(1, 3), { keyTails: false, jobName: 'more' })
  expect(tailsOf(store)).toMatchObject({ k3: null })
})

test('the queue that counts is the one of the job', async () => {
  const store = new WatchedStore()
  const nightly = 'nightly' as QueueName
  await setTails(store, true, nightly)
  await load(store, rows(1), { queue: nightly })
  await load(store, rows(2), { queue: DEFAULT_QUEUE })
  expect(tailsOf(store)).toEqual({ k1: '-k1', k2: '-k2' })
})

test('rows without a job ask for the policy once, however many pages they are', async () => {
  const store = new WatchedStore()
  let reads = 0
  const counted = {
    traits: store.traits,
    putRequests: store.putRequests.bind(store),
    now: store.now.bind(store),
    getSetting: (name: Parameters<WatchedStore['getSetting']>[0]) => {
      reads += 1
      return store.getSetting(name)
    },
  }
  await enqueue({
    store: counted,
    rows: Array.from({ length: 250 }, (_, at) => rowOf(`k${at}`, null)),
  })
  expect(store.pages).toEqual([100, 100, 50])
  expect(reads).toBe(1)
})
