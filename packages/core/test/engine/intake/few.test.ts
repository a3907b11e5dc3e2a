import { expect, test } from 'vitest'
import { doorOfQueue } from '../../../src/engine/doors.js'
import { enqueue } from '../../../src/engine/intake-enqueue.js'
import {
  type AccountId,
  DEFAULT_ACCOUNT,
  DEFAULT_PROJECT,
  DEFAULT_QUEUE,
} from '../../../src/model/ids.js'
import { laneOf } from '../../../src/model/lane.js'
import { queueSetting } from '../../../src/model/setting-documents.js'
import { DAY_MS } from '../../../src/model/time.js'
import { withDeadline } from '../../../src/policy/intake/with-deadline.js'
import { rowOf, WatchedStore } from './arrange.js'

const PLACE = { project: DEFAULT_PROJECT, queue: DEFAULT_QUEUE, account: DEFAULT_ACCOUNT }

async function storeWhereFewAre(fewADay: number): Promise<WatchedStore> {
  const store = new WatchedStore()
  const value = { routing: 'rules', whenFew: 'realtime', fewADay }
  const name = queueSetting(PLACE.project, PLACE.queue)
  await store.putSetting({ ...name, value, ifVersion: null })
  return store
}

const plain = (count: number) =>
  Array.from({ length: count }, (_, index) => rowOf(`k${index}`, null))

/** A row that shares its lane with no other. */
async function wantedApart(store: WatchedStore, index: number) {
  const inMs = DAY_MS + index * 600_000
  return withDeadline(rowOf(`own${index}`, null), (await store.now()) + inMs)
}

const routes = (rows: readonly { readonly lane: string }[]) =>
  rows.map(({ lane }) => laneOf(lane).route)

test('rows that each have a lane of their own are few until so many came in their call', async () => {
  const store = await storeWhereFewAre(3)
  const rows = await Promise.all([0, 1, 2, 3, 4].map((index) => wantedApart(store, index)))
  const answers = await enqueue({ store, rows })
  expect(answers.map(({ route }) => route)).toEqual([
    ...['realtime', 'realtime', 'realtime', 'batch', 'batch'],
  ])
})

test('the pages before it in its call are counted for a row that has a lane of its own', async () => {
  const store = await storeWhereFewAre(100)
  const [first, last] = await Promise.all([wantedApart(store, 0), wantedApart(store, 1)])
  const answers = await enqueue({ store, rows: [first, ...plain(99), last] })
  expect(store.pages).toEqual([100, 1])
  expect([answers[0]?.route, answers.at(-1)?.route]).toEqual(['realtime', 'batch'])
})

test('nobody counts where every row has another beside it', async () => {
  const store = await storeWhereFewAre(100)
  const asked: string[] = []
  store.readResults = () => {
    asked.push('readResults')
    return Promise.resolve([])
  }
  await enqueue({ store, rows: plain(2) })
  expect(asked).toEqual([])
  await enqueue({ store, rows: [await wantedApart(store, 0)] })
  expect(asked).not.toEqual([])
})

test('what a call ends with shares a batch with its pages before, also when a worker has taken those', async () => {
  const store = await storeWhereFewAre(1_000)
  const [first, second, third] = plain(3)
  if (!first || !second || !third) return expect.fail('there are three')
  const door = await doorOfQueue(store, PLACE)
  expect(routes(await door([first, second]))).toEqual(['batch', 'batch'])
  // They never stood in the store, as if they were gone from what waits.
  expect(routes(await door([third]))).toEqual(['batch'])
  const own = await wantedApart(store, 0)
  expect(routes(await door([third, own]))).toEqual(['batch', 'realtime'])
  const another = await doorOfQueue(store, PLACE)
  expect(routes(await another([third]))).toEqual(['realtime'])
})

test('what waits for another account is in none of its batches', async () => {
  const store = await storeWhereFewAre(100)
  const [first, second] = plain(2)
  if (!first || !second) return expect.fail('there are two')
  const batch = { ...first, isRouteAsked: true }
  await enqueue({ store, account: 'theirs' as AccountId, rows: [batch] })
  const [alone] = await enqueue({ store, rows: [second] })
  expect(alone?.route).toBe('realtime')
  const [beside] = await enqueue({ store, account: 'theirs' as AccountId, rows: plain(4).slice(3) })
  expect(beside?.route).toBe('batch')
})
