import { InvariantError, StoreNewerError, StoreUnavailableError } from '@halfrate/core'
import { expect, test } from 'vitest'
import { EngineBench } from './engine-bench.js'

const HEARTBEAT = 'heartbeat'

async function heartbeat(made: EngineBench): Promise<unknown> {
  const { settings } = made.store.snapshot()
  return settings.find(([name]) => name.includes(HEARTBEAT))?.[1].version
}

test('a sweep that fails holds back neither the heartbeat nor the work, and is tried again a minute later', async () => {
  const made = new EngineBench()
  await made.setPolicy()
  let sweeps = 0
  made.store.sweep = () => {
    sweeps += 1
    return Promise.reject(new StoreUnavailableError('A table is locked.'))
  }
  await made.work()
  const first = await heartbeat(made)
  expect(first).toBeDefined()
  await made.enqueue('a')
  await made.work()
  expect(made.creates).toHaveLength(1)
  expect(sweeps).toBe(1)
  await made.pass(2)
  expect(sweeps).toBe(3)
  expect(await heartbeat(made)).not.toBe(first)
  const told = made.eventsOf('step_failed').filter(({ step }) => step === 'sweep')
  expect(told).toHaveLength(3)
  expect(told[0]?.message).toContain('A table is locked.')
})

test('a chore of a sweep that fails is told once, however many pages the others have', async () => {
  const made = new EngineBench()
  await made.setPolicy()
  let sweeps = 0
  made.store.sweep = async () => {
    sweeps += 1
    const error = new StoreUnavailableError('A table is locked.')
    return { more: sweeps < 4, jobsDone: [], failed: [{ chore: 'deliveries', error }] }
  }
  await made.work()
  expect(sweeps).toBe(4)
  const told = made.eventsOf('step_failed')
  expect(told).toMatchObject([{ step: 'sweep', message: expect.stringContaining('deliveries: A') }])
})

test('a chore that fails for a bug stops the engine, after the heartbeat', async () => {
  const made = new EngineBench()
  await made.setPolicy()
  made.store.sweep = async () => {
    const error = new InvariantError('What is there can not be.')
    return { more: false, jobsDone: [], failed: [{ chore: 'deliveries', error }] }
  }
  await expect(made.work()).rejects.toThrow('What is there can not be.')
  expect(await heartbeat(made)).toBeDefined()
})

test.each(['claim', 'putSetting'] as const)(
  'a worker stops with a clear error once %s finds that a newer version has changed the store',
  async (method) => {
    const made = new EngineBench()
    await made.setPolicy()
    await made.enqueue('a')
    const newer = new StoreNewerError({ path: 'halfrate.db', found: '0009_x', newest: '0006_y' })
    made.store[method] = (() => Promise.reject(newer)) as never
    await expect(made.work()).rejects.toBe(newer)
    expect(made.creates).toEqual([])
  },
)
