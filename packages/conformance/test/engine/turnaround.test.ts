import { DEFAULT_ACCOUNT, StoreUnavailableError } from '@halfrate/core'
import { readTurnaround, turnaroundSetting } from '@halfrate/core/turnaround'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, World } from './arrange.js'

async function cells(world: World): Promise<Readonly<Record<string, number>>> {
  const setting = await world.store.getSetting(turnaroundSetting(DEFAULT_ACCOUNT))
  const found = Object.entries(readTurnaround(setting?.value).cells)
  return Object.fromEntries(
    found.map(([name, { bins }]) => [
      name,
      Object.values(bins).reduce((sum, weight) => sum + weight, 0),
    ]),
  )
}

describe('how long a batch took', () => {
  test('is learned once its results were read, by model, size and hour', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a', 'b')
    await world.work(20 * MINUTE_MS)
    expect(await cells(world)).toEqual({})
    world.end()
    await world.work(10 * MINUTE_MS)
    const learned = await cells(world)
    expect(Object.values(learned)).toEqual([1, 1, 1, 1])
    expect(Object.keys(learned).slice(0, 3)).toEqual(['all', 'haiku', 'haiku 10'])
    await world.work(HOUR_MS)
    expect(await cells(world)).toEqual(learned)
  })

  test('counts once, though the worker dies before it wrote down that it had read them', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a', 'b')
    await world.work(MINUTE_MS)
    const [shelved] = world.shelf
    const lines = shelved?.lines ?? []
    // A file that lacks a row is fetched again.
    if (shelved !== undefined) shelved.lines = lines.slice(1)
    world.end({ succeeded: 2 })
    const note = world.store.noteSubmission.bind(world.store)
    let deaths = 0
    world.store.noteSubmission = async (params) => {
      if ((params.collecting?.completeFetches ?? 0) > 0 && deaths < 1) {
        deaths += 1
        if (shelved !== undefined) shelved.lines = lines
        throw new StoreUnavailableError('the store did not answer')
      }
      return await note(params)
    }
    await world.work(30 * MINUTE_MS)
    expect(deaths).toBe(1)
    expect(world.transport.callsOf('streamResults').length).toBe(2)
    expect(Object.values(await cells(world))).toEqual([1, 1, 1, 1])
  })

  test('says nothing when it was canceled', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a', 'b')
    await world.work(MINUTE_MS)
    const [shelved] = world.shelf
    const [first, second] = shelved?.lines ?? []
    const { custom_id } = JSON.parse(second ?? '{}')
    if (shelved !== undefined) {
      shelved.lines = [first ?? '', JSON.stringify({ custom_id, result: { type: 'canceled' } })]
    }
    world.end({ succeeded: 1, canceled: 1 })
    await world.work(10 * MINUTE_MS)
    expect(world.transport.callsOf('streamResults').length).toBeGreaterThan(0)
    expect(await cells(world)).toEqual({})
  })

  test('is the full day of one that expired', async () => {
    const world = new World()
    await world.policy()
    await world.enqueue('a')
    await world.work(MINUTE_MS)
    const [shelved] = world.shelf
    const { custom_id } = JSON.parse(shelved?.lines[0] ?? '{}')
    if (shelved !== undefined) {
      shelved.lines = [JSON.stringify({ custom_id, result: { type: 'expired' } })]
    }
    await world.work(24 * HOUR_MS, HOUR_MS)
    world.end({ expired: 1 })
    await world.work(HOUR_MS, MINUTE_MS)
    const setting = await world.store.getSetting(turnaroundSetting(DEFAULT_ACCOUNT))
    expect(Object.keys(readTurnaround(setting?.value).cells.all?.bins ?? {})).toEqual(['41'])
  })
})
