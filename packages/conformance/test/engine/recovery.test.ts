import {
  DEFAULT_PROJECT,
  type ProjectId,
  RECOVERY_SETTING,
  type Recovery,
  type RemoteId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { scriptedError } from '../../src/index.js'
import { HOUR_MS, MINUTE_MS, QUEUE, successLine, World } from './arrange.js'

const DAY_MS = 24 * HOUR_MS

async function recoveryOf(world: World): Promise<Recovery | null> {
  const setting = await world.store.getSetting(RECOVERY_SETTING)
  return (setting?.value ?? null) as Recovery | null
}

async function recover(world: World): Promise<void> {
  if (world.engine === null) world.start()
  await world.engine?.recover()
}

/** Keys and ends of the job that holds what the store lacks. */
async function recoveredRows(world: World, name = 'recovered-batches'): Promise<readonly string[]> {
  const job = await world.store.findJob({ project: DEFAULT_PROJECT, name })
  if (job === null) return []
  const rows = await world.store.readResults({
    project: DEFAULT_PROJECT,
    jobId: job.id,
    afterRow: 0,
    limit: 100,
  })
  return rows.map(({ request }) => request.verdict?.status ?? request.state)
}

async function paid(world: World): Promise<number> {
  return (await world.store.report({ scope: { project: DEFAULT_PROJECT } })).money.paidNano
}

/**
 * A store that was put back from a backup: it has sent nothing of `a` and `b`, has never heard of `c`, and all three
 * are in batches at the provider.
 */
async function restored(): Promise<World> {
  const world = new World()
  await world.policy()
  await world.work(0)
  await world.enqueue('a', 'b')
  const backup = world.store.snapshot()
  await world.work(MINUTE_MS)
  await world.enqueue('c')
  await world.work(MINUTE_MS)
  expect(world.sent).toBe(2)
  world.restore(backup)
  return world
}

/** A store whose backup was about to send a batch that its lost life has sent. */
async function restoredSealed(): Promise<World> {
  const world = new World()
  await world.policy()
  await world.work(0)
  await world.enqueue('a', 'b')
  world.transport.script('snapshot', {
    type: 'failed',
    error: scriptedError('busy', { status: 529 }),
  })
  await world.work(0)
  expect((await world.only()).state).toBe('sealed')
  const backup = world.store.snapshot()
  await world.work(5 * MINUTE_MS)
  expect(world.sent).toBe(1)
  world.restore(backup)
  return world
}

describe('recovering a store that was put back from a backup', () => {
  test('takes in the batches that it lacks, with the results of requests that it has and those that it lost', async () => {
    const world = await restored()
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    expect((await recoveryOf(world))?.batches).toHaveLength(2)
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 3 })
    expect(await recoveredRows(world)).toEqual(['succeeded'])
    expect(await recoveryOf(world)).toMatchObject({ imported: 2, batches: [] })
    expect((await recoveryOf(world))?.endedAt).toBeGreaterThan(0)
    const states = (await world.submissions()).map(({ state }) => state)
    expect(states.filter((state) => state !== 'dissolved')).toEqual(['collected', 'collected'])
    expect(world.sent).toBe(2)
  })

  test('books the same money as the store that never was restored', async () => {
    const [whole, world] = [new World(), await restored()]
    await whole.policy()
    await whole.enqueue('a', 'b', 'c')
    await whole.work(MINUTE_MS)
    whole.end()
    await whole.work(HOUR_MS, MINUTE_MS)
    world.end()
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await paid(world)).toBe(await paid(whole))
    expect(await paid(world)).toBeGreaterThan(0)
  })

  test('sends again once it is over, and what was not sent before it', async () => {
    const world = await restored()
    world.end()
    await recover(world)
    await world.enqueue('d')
    await world.work(10 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(2)
    await world.work(10 * MINUTE_MS, MINUTE_MS)
    expect(world.sent).toBe(3)
    world.end()
    await world.work(10 * MINUTE_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 4 })
  })

  test('is asked for: until then nothing is sent and the alarm names the batch', async () => {
    const world = await restored()
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(world.alarms()).toContain('store_restored')
    expect(world.sent).toBe(2)
    expect(await world.ends()).toEqual({})
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 3 })
  })

  test('takes apart what the backup was about to send, since its lost life has sent it', async () => {
    const world = await restoredSealed()
    world.end()
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    expect(world.sent).toBe(1)
    const [first, second] = await world.submissions()
    expect(first).toMatchObject({ state: 'dissolved' })
    expect(second).toMatchObject({ state: 'collected', twinOf: first?.id })
    expect(world.alarms()).not.toContain('twin_found')
  })

  test('tells of a batch that a proxy made twice, whether or not the backup knows the send', async () => {
    for (const world of [await restored(), await restoredSealed()]) {
      const twice = world.shelf.find(({ lines }) => lines.length === 2)
      world.put(twice?.lines ?? [])
      world.end()
      await recover(world)
      await world.work(HOUR_MS, MINUTE_MS)
      expect(world.alarms().filter((code) => code === 'twin_found')).toHaveLength(1)
      expect((await world.ends()).succeeded).toBeGreaterThan(1)
    }
  })

  test('sends again what ended in an error in the lost life', async () => {
    const world = await restored()
    for (const each of world.shelf) {
      each.lines = each.lines.map((line) => {
        const { custom_id } = JSON.parse(line) as { readonly custom_id: string }
        const error = { type: 'error', error: { type: 'api_error', message: 'sorry' } }
        return JSON.stringify({ custom_id, result: { type: 'errored', error } })
      })
    }
    for (const each of world.shelf) {
      each.batch = {
        ...each.batch,
        status: 'ended',
        counts: { ...each.batch.counts, processing: 0, errored: each.lines.length },
        endedAt: world.now(),
      }
    }
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await recoveredRows(world)).toEqual(['failed'])
    world.end()
    await world.work(HOUR_MS, MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 2, errored: 1 })
  })

  test('sets aside what can’t be read, tries it every day, and takes it in when it can be', async () => {
    const world = await restored()
    world.end()
    const [hidden] = world.shelf
    const lines = hidden?.lines ?? []
    if (hidden !== undefined) hidden.lines = ['what is this']
    await recover(world)
    await world.work(3 * HOUR_MS, MINUTE_MS)
    expect(world.alarms()).toContain('vanished_batch')
    expect(await recoveryOf(world)).toMatchObject({
      imported: 1,
      batches: [{ remoteId: hidden?.batch.id, vanished: true }],
    })
    expect((await recoveryOf(world))?.endedAt).toBeGreaterThan(0)
    expect(await world.ends()).toEqual({ succeeded: 2 })
    if (hidden !== undefined) hidden.lines = lines
    await world.work(2 * DAY_MS, 10 * MINUTE_MS)
    expect(await world.ends()).toEqual({ succeeded: 3 })
    expect((await recoveryOf(world))?.batches).toEqual([])
    expect(world.alarms().filter((code) => code === 'store_restored')).toEqual([])
  })

  test('takes in a batch of another project than the default one, whichever of its lines comes first', async () => {
    const world = new World()
    const project = 'p' as ProjectId
    await world.work(0)
    await world.enqueueIn(project, 'a')
    const backup = world.store.snapshot()
    await world.enqueueIn(project, 'b')
    await world.work(2 * HOUR_MS, MINUTE_MS)
    world.end()
    const [batch] = world.shelf
    expect(batch?.lines).toHaveLength(2)
    if (batch !== undefined) batch.lines = batch.lines.toReversed()
    world.restore(backup)
    await recover(world)
    await world.work(HOUR_MS, MINUTE_MS)
    const [known] = await world.store.listRequests({
      ...{ scope: { project, queue: QUEUE }, states: null, afterId: 0, limit: 1 },
    })
    expect(known).toMatchObject({ key: 'a', state: 'done', verdict: { status: 'succeeded' } })
    const { money, counts } = await world.store.report({ scope: { project } })
    expect(counts).toMatchObject({ total: 2, byStatus: { succeeded: 2 } })
    expect(money.paidNano).toBeGreaterThan(0)
    expect(await paid(world)).toBe(0)
    expect(world.alarms()).not.toContain('quarantined')
    expect(world.sent).toBe(1)
  })

  test('waits only for batches that were made before it began', async () => {
    const world = await restored()
    world.end()
    await recover(world)
    await world.work(MINUTE_MS)
    await world.clock.advance(MINUTE_MS)
    world.put([successLine('a-stranger')])
    await world.work(HOUR_MS, MINUTE_MS)
    expect((await recoveryOf(world))?.endedAt).toBeGreaterThan(0)
  })
})

describe('adopting a batch that was made elsewhere', () => {
  test('its rows become a job under their custom ids, with what they cost', async () => {
    const world = new World()
    await world.policy()
    await world.work(MINUTE_MS)
    const { id: remoteId } = world.put([successLine('mine-1'), successLine('Ä ü')])
    expect(await world.engine?.adopt({ remoteId, job: 'old' })).toMatchObject({ type: 'running' })
    world.end()
    expect(await world.engine?.adopt({ remoteId, job: 'old' })).toMatchObject({ type: 'adopted' })
    expect(await world.engine?.adopt({ remoteId, job: 'old' })).toEqual({ type: 'known' })
    await world.work(10 * MINUTE_MS)
    expect(await recoveredRows(world, 'old')).toEqual(['succeeded', 'succeeded'])
    expect(await paid(world)).toBeGreaterThan(0)
    expect((await world.only()).state).toBe('collected')
  })

  test('one that is not there, or that is ours, is not adopted', async () => {
    const world = await restored()
    world.end()
    const [ours] = world.shelf
    await world.work(0)
    const remoteId = ours?.batch.id as RemoteId
    expect(await world.engine?.adopt({ remoteId, job: 'old' })).toEqual({ type: 'ours' })
    const none = 'msgbatch_none' as RemoteId
    expect(await world.engine?.adopt({ remoteId: none, job: 'old' })).toMatchObject({
      type: 'not_found',
    })
  })
})
