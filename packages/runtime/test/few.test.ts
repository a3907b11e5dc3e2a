import { type Emulator, startEmulator } from '@halfrate/emulator'
import { expect, test } from 'vitest'
import { type Halfrate, type HalfrateQueue, openHalfrate } from '../src/index.js'

const messages = [{ role: 'user', content: 'Is it on fire?' }]
const params = { model: 'claude-haiku-4-5', max_tokens: 500, messages }
const FEW = { routing: 'rules', whenFew: 'realtime' } as const

async function open(claude: Emulator, name = ':memory:'): Promise<Halfrate> {
  return await openHalfrate({ store: name, emulator: claude })
}

async function routesOf(queue: HalfrateQueue, ...keys: readonly string[]): Promise<unknown[]> {
  const routes: unknown[] = []
  for (const key of keys) routes.push((await queue.enqueue({ key, params })).route)
  return routes
}

test('what comes alone to a queue with few is called, and goes in batches once there are many', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  const desk = half.queue('desk', { ...FEW, fewADay: 3 })
  expect(await routesOf(desk, 'a', 'b', 'c', 'd', 'e')).toEqual([
    ...['realtime', 'realtime', 'realtime', 'batch', 'batch'],
  ])
  expect((await half.why('a', { queue: 'desk' }))?.request.lane).toContain('"few"')
  // Of another queue nobody came yet.
  expect(await routesOf(half.queue('night', { ...FEW, fewADay: 1 }), 'a', 'b')).toEqual([
    ...['realtime', 'batch'],
  ])
})

test('a day later there are few again', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  const desk = half.queue('desk', { ...FEW, fewADay: 1 })
  expect(await routesOf(desk, 'a')).toEqual(['realtime'])
  await claude.clock.advance('23h')
  const [still] = (await half.route([{ key: 'b', params }], { queue: 'desk' })).advised
  expect(still).toMatchObject({ route: 'batch', reason: 'default' })
  await claude.clock.advance('2h')
  const [again] = (await half.route([{ key: 'b', params }], { queue: 'desk' })).advised
  expect(again).toMatchObject({ route: 'realtime', reason: 'few' })
  expect(again?.sentence).toContain('fewer than 1 requests a day (0) and none to share a batch')
  expect(await routesOf(desk, 'b')).toEqual(['realtime'])
})

test('what comes together, or finds others waiting, shares a batch', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  const desk = half.queue('desk', FEW)
  const both = await desk.enqueueAll(['a', 'b'].map((key) => ({ key, params })))
  expect(both.map(({ route }) => route)).toEqual(['batch', 'batch'])
  expect(await routesOf(desk, 'c')).toEqual(['batch'])
  const asked = await desk.enqueue({ key: 'd', params, route: 'realtime' })
  expect(asked.route).toBe('realtime')
  const advised = await half.route(
    ['e', 'f'].map((key) => ({ key, params })),
    { queue: 'other' },
  )
  expect(advised.advised).toMatchObject([{ route: 'batch', reason: 'default', rows: 2 }])
})

test('what comes in one call with deadlines of its own is few until so many came, as the advice says', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  // What is said of the queue counts before anything is written.
  const desk = half.queue('desk', { ...FEW, fewADay: 3 })
  const at = claude.clock.now() + 12 * 3_600_000
  const rows = Array.from({ length: 8 }, (_, index) => ({
    ...{ key: `k${index}`, params },
    deadlineAt: at + index * 600_000,
  }))
  expect((await half.route(rows, { queue: 'desk' })).advised).toMatchObject([
    { route: 'realtime', reason: 'few', rows: 3 },
    { route: 'batch', reason: 'default', rows: 5 },
  ])
  // Wanted within the same five minutes, they share a batch.
  const near = rows.slice(0, 2).map((row, index) => ({ ...row, deadlineAt: at + index * 2_000 }))
  expect((await half.route(near, { queue: 'desk' })).advised).toMatchObject([
    { route: 'batch', reason: 'default', rows: 2 },
  ])
  const enqueued = await desk.enqueueAll(rows)
  expect(enqueued.filter(({ route }) => route === 'realtime')).toHaveLength(3)
})

test('is the word of the queue, which says nothing by itself', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  expect(await routesOf(half.queue('plain', { routing: 'rules' }), 'a')).toEqual(['batch'])
  expect(await routesOf(half.queue('asked', { whenFew: 'realtime' }), 'a')).toEqual(['batch'])
  expect(() => half.queue('wrong', { ...FEW, fewADay: 0 })).toThrow(
    'fewADay: expected a whole number from 1 to 1000, got 0.',
  )
})
