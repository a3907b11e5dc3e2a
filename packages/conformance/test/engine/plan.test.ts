import { describe, expect, test } from 'vitest'
import { World } from './arrange.js'

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
