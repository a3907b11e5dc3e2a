import { InvariantError, type WorkerId } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { MINUTE_MS, World } from './arrange.js'

const KEYS = Array.from({ length: 8 }, (_, index) => `key-${index + 1}`)

/** Batches of one request; the sends of some wait until they are let go. */
async function holdSends(
  count: number,
): Promise<{ world: World; underWay: Promise<void>; letGo: () => void }> {
  const world = new World()
  let letGo = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let begin = (): void => undefined
  const underWay = new Promise<void>((resolve) => {
    begin = resolve
  })
  let sends = 0
  world.transport.always('createBatch', async (_, body) => {
    sends += 1
    const isHeld = sends <= count
    if (sends === KEYS.length || sends === count) begin()
    if (isHeld) await opened
    return { type: 'accepted', batch: world.accept(body) }
  })
  await world.policy({ maxBatchRequests: 1 })
  await world.enqueue(...KEYS)
  world.start()
  return { world, underWay, letGo: () => letGo() }
}

async function freeForOthers(world: World): Promise<number> {
  const { leases } = await world.store.claim({
    ...{ work: { type: 'submissions' }, workerId: 'other' as WorkerId },
    ...{ leaseMs: MINUTE_MS, limit: 100 },
  })
  return leases.length
}

describe('a worker among others', () => {
  test('holds what it works on, and leaves what waits to whoever can begin it', async () => {
    const { world, underWay, letGo } = await holdSends(4)
    const round = world.engine?.tick()
    await underWay
    expect(await freeForOthers(world)).toBe(KEYS.length - 4)
    letGo()
    await round
    expect(world.sent).toBe(4)
  })

  test('takes the next one when a step is done, while a long one goes on', async () => {
    const { world, letGo } = await holdSends(1)
    const round = world.engine?.tick()
    for (let turn = 0; turn < 1_000 && world.sent < KEYS.length - 1; turn += 1) await null
    expect(world.sent).toBe(KEYS.length - 1)
    letGo()
    await round
    expect(world.sent).toBe(KEYS.length)
  })

  test('tries each once in a round, so that what fails does not keep the others waiting', async () => {
    const world = new World()
    await world.policy({ maxBatchRequests: 1 })
    await world.work(0)
    await world.enqueue(...KEYS)
    let tries = 0
    world.transport.always('snapshot', () => {
      tries += 1
      throw new TypeError('an adapter with a bug')
    })
    const report = await world.engine?.tick()
    expect(report?.failed).toBe(KEYS.length)
    expect(tries).toBe(KEYS.length)
  })

  test('begins nothing more when a step shows a bug', async () => {
    const world = new World()
    await world.policy({ maxBatchRequests: 1 })
    await world.enqueue(...KEYS)
    world.transport.always('createBatch', () => {
      throw new InvariantError('a bug')
    })
    world.start()
    await expect(world.engine?.tick()).rejects.toBeInstanceOf(InvariantError)
    await world.clock.advance(1)
    expect(world.sent).toBeLessThanOrEqual(4)
  })

  test('asks for all batches that are due in one look at the list', async () => {
    const world = new World()
    await world.policy({ maxBatchRequests: 1 })
    await world.enqueue(...KEYS)
    await world.work(0)
    await world.clock.advance(MINUTE_MS)
    const before = world.transport.callsOf('list').length
    await world.engine?.tick()
    expect(world.transport.callsOf('list').length - before).toBe(1)
    expect(world.transport.callsOf('retrieve')).toHaveLength(0)
  })
})
