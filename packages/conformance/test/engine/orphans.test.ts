import { DEFAULT_PROJECT } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

/** A batch of two that turns up after its requests were sent again and answered. */
async function turnUpLate(world: World): Promise<void> {
  await world.policy()
  world.transport.script('createBatch', () => {
    return { type: 'ambiguous', error: scriptedError('the connection was reset') }
  })
  await world.enqueue('a', 'b')
  await world.work(HOUR_MS, MINUTE_MS)
  world.end()
  await world.work(HOUR_MS, MINUTE_MS)
  expect(await world.ends()).toEqual({ succeeded: 2 })
  const [call] = world.transport.callsOf('createBatch')
  world.accept(call?.body ?? null)
  world.end()
}

async function possiblyPaid(world: World): Promise<number> {
  const { money } = await world.store.report({ scope: { project: DEFAULT_PROJECT } })
  return money.possiblyPaidAttempts
}

describe('a batch that turned up after its requests were answered elsewhere', () => {
  test('is booked as possibly paid, and told of once, while its paid results can not be had', async () => {
    const world = new World()
    await turnUpLate(world)
    const [late] = world.shelf
    const lines = late?.lines ?? []
    if (late !== undefined) late.lines = lines.slice(0, 1)
    await world.work(20 * HOUR_MS, 10 * MINUTE_MS)
    expect([await possiblyPaid(world), world.alarms()]).toEqual([0, ['orphan_found']])
    await world.work(3 * 24 * HOUR_MS, HOUR_MS)
    expect(await possiblyPaid(world)).toBe(1)
    await world.work(3 * 24 * HOUR_MS, HOUR_MS)
    expect(world.alarms()).toEqual(['orphan_found', 'result_lost'])
    if (late !== undefined) late.lines = lines
    await world.work(2 * 24 * HOUR_MS, HOUR_MS)
    expect(await possiblyPaid(world)).toBe(0)
    const { money } = await world.store.report({ scope: { project: DEFAULT_PROJECT } })
    expect(money.wasteNano).toBeGreaterThan(0)
  })

  test('is booked as possibly paid when the provider has dropped its results', async () => {
    const world = new World()
    await turnUpLate(world)
    const [late] = world.shelf
    if (late !== undefined) late.lines = late.lines.slice(0, 1)
    await world.work(HOUR_MS, MINUTE_MS)
    expect([await possiblyPaid(world), world.alarms()]).toEqual([0, ['orphan_found']])
    await world.clock.advance(30 * 24 * HOUR_MS)
    await world.work(HOUR_MS, MINUTE_MS)
    const [first] = await world.submissions()
    expect(first?.state).toBe('collected')
    expect(await possiblyPaid(world)).toBe(1)
    expect(world.alarms()).toContain('result_lost')
  })
})

test('rows of a twin that was never read whole are told of when the provider drops them', async () => {
  const world = new World()
  await world.policy()
  world.transport.script('createBatch', (_, body) => {
    world.accept(body)
    return { type: 'accepted', batch: world.accept(body) }
  })
  await world.enqueue('a', 'b', 'c')
  await world.work(MINUTE_MS)
  const [, twin] = world.shelf
  if (twin !== undefined) twin.lines = twin.lines.slice(0, 1)
  world.end({ succeeded: 3 })
  await world.work(26 * HOUR_MS, 10 * MINUTE_MS)
  expect([await world.ends(), world.alarms()]).toEqual([{ succeeded: 3 }, ['twin_found']])
  await world.clock.advance(30 * 24 * HOUR_MS)
  await world.work(HOUR_MS, MINUTE_MS)
  const lost = world.events.filter((event) => event.type === 'alarm').slice(1)
  expect(lost).toMatchObject([{ code: 'results_expiring' }, { code: 'result_lost' }])
  expect(JSON.stringify(lost)).toContain(
    '; 2 rows of it, of which some were paid, are in no books.',
  )
})
