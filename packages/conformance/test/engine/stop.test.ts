import type { Lease, Work, WorkerId } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { MINUTE_MS, World } from './arrange.js'

/** What another worker gets when it asks at this very moment. */
async function othersGet(world: World, work: Work): Promise<readonly Lease[]> {
  const asked = { work, workerId: 'other' as WorkerId, leaseMs: MINUTE_MS, limit: 100 }
  return (await world.store.claim(asked)).leases
}

function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

const SUBMISSIONS: Work = { type: 'submissions' }

/** Six batches of one request; their sends wait until they are let go, and tell how many are under way. */
async function holdSends(world: World): Promise<{ underWay: Promise<void>; letGo: () => void }> {
  const door = gate()
  const full = gate()
  let sends = 0
  world.transport.always('createBatch', async (_, body) => {
    sends += 1
    if (sends === 4) full.open()
    await door.opened
    return { type: 'accepted', batch: world.accept(body) }
  })
  await world.policy({ maxBatchRequests: 1 })
  await world.enqueue('a', 'b', 'c', 'd', 'e', 'f')
  return { underWay: full.opened, letGo: door.open }
}

describe('an engine that is told to stop', () => {
  test('gives back at once what it has not begun, while its sends go on to their end', async () => {
    const world = new World()
    const { underWay, letGo } = await holdSends(world)
    world.start()
    const round = world.engine?.tick()
    await underWay
    const stopped = world.engine?.stop({ graceMs: MINUTE_MS })
    await Promise.resolve()
    const free = await othersGet(world, SUBMISSIONS)
    expect(free).toHaveLength(2)
    letGo()
    await Promise.all([round, stopped])
    const states = (await world.submissions()).map(({ state }) => state).sort()
    expect(states).toEqual([...Array(4).fill('in_progress'), 'sealed', 'sealed'])
  })

  test('gives back its place, and does nothing when it is asked for another round', async () => {
    const world = new World()
    await world.policy()
    await world.work(0)
    await world.engine?.stop({ graceMs: MINUTE_MS })
    await world.enqueue('a')
    expect(await world.engine?.tick()).toEqual({ progressed: false, failed: 0, nextDueAt: null })
    expect(await othersGet(world, { type: 'singleton', name: 'worker' })).toHaveLength(1)
    expect(await world.submissions()).toEqual([])
  })

  test('waits for a round of `tick` as it does for its own, until its grace is over', async () => {
    const world = new World()
    const { underWay } = await holdSends(world)
    world.start()
    const round = world.engine?.tick()
    await underWay
    let isStopped = false
    const stopped = world.engine?.stop({ graceMs: MINUTE_MS }).then(() => {
      isStopped = true
    })
    await world.clock.advance(MINUTE_MS - 1)
    expect(isStopped).toBe(false)
    await world.clock.advance(1)
    const calls = world.transport.callsOf('createBatch')
    expect(calls.every(({ params }) => params.signal?.aborted === true)).toBe(true)
    void Promise.all([round, stopped])
  })

  test('leaves a send that it cuts off as an answer that was lost, and its lease to others', async () => {
    const world = new World()
    const begun = gate()
    world.transport.always('createBatch', async ({ signal }) => {
      begun.open()
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
      return { type: 'ambiguous', error: scriptedError('broken off') }
    })
    await world.policy()
    await world.enqueue('a')
    world.start()
    const round = world.engine?.tick()
    await begun.opened
    await world.engine?.stop({ graceMs: 0 })
    await round
    expect((await world.only()).state).toBe('ambiguous')
    await world.clock.advance(5_000)
    expect(await othersGet(world, SUBMISSIONS)).toHaveLength(1)
  })

  test('notes nothing about a fetch that it cuts off, so that it is due at once', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a')
    await world.work(MINUTE_MS)
    world.end()
    const begun = gate()
    world.transport.always('streamResults', ({ signal }) => ({
      type: 'results',
      pieces: (async function* () {
        begun.open()
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        yield { type: 'end', clean: false, error: scriptedError('broken off') } as const
      })(),
    }))
    const working = world.work(10 * MINUTE_MS)
    await begun.opened
    const { nextStepAt } = await world.only()
    await world.engine?.stop({ graceMs: 0 })
    expect((await world.only()).collecting.failedFetches).toBe(0)
    expect((await world.only()).nextStepAt).toBe(nextStepAt)
    expect(await othersGet(world, SUBMISSIONS)).toHaveLength(1)
    await working
  })
})
