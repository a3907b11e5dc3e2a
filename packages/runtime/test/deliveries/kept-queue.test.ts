import { DEFAULT_PROJECT, type QueueName, type Store, subscriptionSetting } from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { KeptQueue } from '../../src/deliveries/kept-queue.js'

const QUEUE = 'claims' as QueueName
const NAME = subscriptionSetting(DEFAULT_PROJECT, QUEUE)
const TURNS = 50

const memoryStore = (): MemoryStore => new MemoryStore({ now: () => 0 })

async function turns(): Promise<void> {
  for (let count = 0; count < TURNS; count += 1) await new Promise((next) => setImmediate(next))
}

/** A store whose steps under way end when the test says so: a write of a subscription is answered then. */
function busyStore(store: Store): { readonly store: Store; readonly endSteps: () => void } {
  let endSteps: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    endSteps = resolve
  })
  const busy = new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      if (name !== 'putSetting') return member.bind(target)
      return async (params: Parameters<Store['putSetting']>[0]) => {
        const written = await target.putSetting(params)
        await ended
        return written
      }
    },
  })
  return { store: busy, endSteps }
}

/** A process, with a handler for the queue as long as it wants results. */
class Process {
  isWanted = true
  readonly kept: KeptQueue

  constructor(store: Store) {
    this.kept = new KeptQueue({ store, queue: QUEUE, isWanted: () => this.isWanted })
  }

  async end(): Promise<void> {
    this.isWanted = false
    await this.kept.write()
  }
}

const isKept = async (store: Store): Promise<boolean> =>
  (await store.getSetting(NAME))?.value != null

test('who finds a subscription written waits for the steps that have not seen it, as its writer does', async () => {
  const { store, endSteps } = busyStore(memoryStore())
  const written: string[] = []
  const first = new Process(store).kept.write().then(() => written.push('first'))
  await turns()
  expect(await isKept(store)).toBe(true)
  const second = new Process(store).kept.write().then(() => written.push('second'))
  await turns()
  expect(written).toEqual([])
  endSteps()
  await Promise.all([first, second])
  expect(written).toHaveLength(2)
})

test('an end by another process is seen, and a subscription that stands is not written again', async () => {
  const store = memoryStore()
  const [one, other] = [new Process(store), new Process(store)]
  await one.kept.write()
  await other.kept.write()
  await one.kept.write()
  expect((await store.getSetting(NAME))?.version).toBe(1)
  await other.end()
  expect(await isKept(store)).toBe(false)
  await one.kept.write()
  expect(await isKept(store)).toBe(true)
})

test('an end and a new beginning at the same time keep their order', async () => {
  const store = memoryStore()
  const process = new Process(store)
  await process.kept.write()
  const ended = process.end()
  process.isWanted = true
  await Promise.all([ended, process.kept.write()])
  expect(await isKept(store)).toBe(true)
  process.isWanted = true
  const begun = process.kept.write()
  await Promise.all([begun, process.end()])
  expect(await isKept(store)).toBe(false)
})

test('after a write that failed the next one is made', async () => {
  const store = memoryStore()
  let isAway = true
  const flaky = new Proxy<Store>(store, {
    get(target, name) {
      if (name === 'getSetting' && isAway) return () => Promise.reject(new RangeError('away'))
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
  const { kept } = new Process(flaky)
  await expect(kept.write()).rejects.toThrow(RangeError)
  isAway = false
  await kept.write()
  expect(await isKept(store)).toBe(true)
})
