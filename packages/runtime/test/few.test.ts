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

test('is the word of the queue, which says nothing by itself', async () => {
  await using claude = await startEmulator({ seed: 7 })
  await using half = await open(claude)
  expect(await routesOf(half.queue('plain', { routing: 'rules' }), 'a')).toEqual(['batch'])
  expect(await routesOf(half.queue('asked', { whenFew: 'realtime' }), 'a')).toEqual(['batch'])
  expect(() => half.queue('wrong', { ...FEW, fewADay: 0 })).toThrow(
    'fewADay: expected a whole number from 1 to 1000, got 0.',
  )
})
