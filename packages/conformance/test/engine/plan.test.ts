import { DEFAULT_PROJECT, type QueueName, queueFlushSetting } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS, World } from './arrange.js'

const KEYS = Array.from({ length: 40 }, (_, index) => `key-${index + 1}`)

describe('planning a long queue', () => {
  test('goes a few batches at a time, so that whoever plans sends too', async () => {
    const world = new World()
    await world.policy({ maxBatchRequests: 1 })
    await world.enqueue(...KEYS)
    world.start()
    const { progressed } = (await world.engine?.tick()) ?? { progressed: false }
    expect(progressed).toBe(true)
    expect(world.sent).toBe(8)
    expect((await world.submissions()).map(({ state }) => state)).toEqual(
      Array(8).fill('in_progress'),
    )
  })

  test('goes on in the rounds that follow at once', async () => {
    const world = new World()
    await world.policy({ maxBatchRequests: 1 })
    await world.enqueue(...KEYS)
    world.start()
    for (let round = 0; round < 5; round += 1) await world.engine?.tick()
    expect(world.sent).toBe(KEYS.length)
  })
})

test('a stored policy that can’t be used, as of batches without room, goes by the default there', async () => {
  const world = new World()
  await world.policy({ maxBatchRequests: 0, flush: { count: 1, bytes: 1, ageMs: 0 } })
  await world.enqueue('a', 'b')
  world.start()
  await world.engine?.tick()
  expect((await world.submissions()).map(({ requestCount }) => requestCount)).toEqual([2])
})

test('what waits goes now when somebody says so, and what comes after it waits for the flush rule', async () => {
  const world = new World()
  await world.policy({ flush: { count: 100, bytes: 1_000_000, ageMs: 60 * MINUTE_MS } })
  await world.enqueue('a', 'b')
  world.start()
  await world.engine?.tick()
  expect(world.sent).toBe(0)
  const value = { upTo: await world.store.now() }
  const setting = queueFlushSetting(DEFAULT_PROJECT, 'q' as QueueName)
  await world.store.putSetting({ ...setting, value, ifVersion: null })
  await world.engine?.tick()
  expect((await world.submissions()).map(({ requestCount }) => requestCount)).toEqual([2])
  world.clock.advance(MINUTE_MS)
  await world.enqueue('c')
  await world.engine?.tick()
  expect(world.sent).toBe(1)
})
