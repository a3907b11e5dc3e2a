import { type AbsenceWait, absenceSetting, DEFAULT_ACCOUNT } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, successLine, World } from './arrange.js'

async function waitOf(world: World): Promise<AbsenceWait | null> {
  const setting = await world.store.getSetting(absenceSetting(DEFAULT_ACCOUNT))
  return (setting?.value ?? null) as AbsenceWait | null
}

/** A world whose worker worked a little and then stood still for three hours, in which a stranger made a batch. */
async function afterThreeHours(): Promise<World> {
  const world = new World()
  await world.policy()
  await world.work(MINUTE_MS)
  await world.clock.advance(3 * HOUR_MS)
  world.put([successLine('a-stranger')])
  await world.enqueue('a')
  return world
}

describe('sending after nobody worked for a while', () => {
  test('begins at once unless it was told to wait', async () => {
    const world = await afterThreeHours()
    world.start('send')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(1)
    expect(await waitOf(world)).toBeNull()
  })

  test('waits until every batch made meanwhile has ended and been read, and says what for', async () => {
    const world = await afterThreeHours()
    world.start('wait')
    await world.work(5 * HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    const stranger = world.shelf[0]?.batch
    const wait = await waitOf(world)
    expect(wait?.batches).toMatchObject([{ remoteId: stranger?.id, vanished: false }])
    expect(world.events).toContainEqual(
      expect.objectContaining({
        type: 'waiting_after_absence',
        batches: 1,
        until: stranger?.expiresAt,
      }),
    )
    world.end()
    await world.work(10 * MINUTE_MS)
    expect(world.sent).toBe(1)
    expect(await waitOf(world)).toBeNull()
  })

  test('goes on waiting in the next worker, which finds the same absence', async () => {
    const world = await afterThreeHours()
    world.start('wait')
    await world.work(HOUR_MS, MINUTE_MS)
    world.start('wait')
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    world.start('send')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(1)
    expect(await waitOf(world)).toBeNull()
  })

  test('waits for the settle window even when the list shows nothing, and not for batches made later', async () => {
    const world = new World()
    await world.policy()
    await world.work(MINUTE_MS)
    await world.clock.advance(3 * HOUR_MS)
    await world.enqueue('a')
    world.start('wait')
    await world.work(14 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.clock.advance(2 * MINUTE_MS)
    world.put([successLine('a-later-stranger')])
    await world.work(5 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
  })

  test('does not wait when the last worker lived a moment ago, nor in a new store', async () => {
    const world = new World()
    await world.policy()
    world.put([successLine('a-stranger')])
    await world.enqueue('a')
    world.start('wait')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(1)
    await world.clock.advance(9 * MINUTE_MS)
    await world.enqueue('b')
    world.start('wait')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(2)
  })

  test('waits no longer for a batch that can’t be read, and raises an alarm that names it', async () => {
    const world = await afterThreeHours()
    const stranger = world.shelf[0]
    if (stranger !== undefined) stranger.lines = ['not a line']
    world.end({ succeeded: 1 })
    world.start('wait')
    await world.work(50 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(0)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(1)
    expect(world.alarms()).toEqual(['vanished_batch'])
  })

  test('shows a restored backup before anything is sent: nothing is paid twice', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a', 'b')
    await world.work(0)
    const backup = world.store.snapshot()
    const [before] = await world.submissions()
    expect(before?.state).toBe('in_progress')
    await world.clock.advance(HOUR_MS)
    await world.enqueue('c')
    await world.work(MINUTE_MS)
    expect(world.sent).toBe(2)
    world.restore(backup)
    await world.enqueue('c')
    world.start('wait')
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.alarms()).toContain('store_restored')
    expect(world.sent).toBe(2)
  })
})
