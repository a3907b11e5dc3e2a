import {
  DEFAULT_ACCOUNT,
  DEFAULT_ENGINE_SETTINGS,
  DEFAULT_PROJECT,
  Deliverer,
  type DelivererOptions,
  type EngineEvent,
  type QueueName,
  type RequestId,
  type RoundSignals,
  type Store,
  StoreUnavailableError,
  subscriptionSetting,
  type WorkerId,
} from '@halfrate/core'
import { MemoryStore } from '@halfrate/core/memory'
import { expect, test } from 'vitest'
import { anIntakeRow, ManualClock, SeededRandom } from '../../src/index.js'

const PROJECT = DEFAULT_PROJECT
const QUEUE = 'q' as QueueName

/** A queue with a subscription, its results, and what a handler saw of them. */
class Scene {
  readonly clock = new ManualClock()
  readonly store = new MemoryStore({ now: this.clock.now })
  readonly events: EngineEvent[] = []
  readonly seen: RequestId[] = []
  readonly stopping = new AbortController()
  readonly cut = new AbortController()
  readonly signals: RoundSignals = { stopping: this.stopping.signal, cut: this.cut.signal }
  #workers = 0
  #keys = 0

  static async open(): Promise<Scene> {
    const scene = new Scene()
    const value = { since: scene.clock.now() }
    await scene.store.putSetting({ ...subscriptionSetting(PROJECT, QUEUE), value, ifVersion: null })
    return scene
  }

  /** Ends so many requests in one step. */
  async end(count: number): Promise<readonly RequestId[]> {
    const rows = Array.from({ length: count }, () => {
      this.#keys += 1
      return anIntakeRow({ key: `k${this.#keys}` })
    })
    const to = { project: PROJECT, account: DEFAULT_ACCOUNT, queue: QUEUE, job: null }
    const put = await this.store.putRequests({ ...to, onConflict: 'report', rows })
    const requestIds = put.map(({ id }) => id)
    await this.store.cancel({ project: PROJECT, requestIds, reason: 'canceled' })
    return requestIds
  }

  /** A worker's deliverer; what its handler is given counts as seen before it answers. */
  deliverer(
    handle: (id: RequestId) => Promise<void> | void = () => undefined,
    options: { readonly concurrency?: number; readonly store?: Store } = {},
  ): Deliverer {
    this.#workers += 1
    const all: DelivererOptions = {
      store: options.store ?? this.store,
      clock: this.clock,
      random: new SeededRandom(7),
      settings: DEFAULT_ENGINE_SETTINGS,
      workerId: `w${this.#workers}` as WorkerId,
      project: PROJECT,
      queue: QUEUE,
      concurrency: options.concurrency ?? 1,
      observer: { onEvent: (event) => void this.events.push(event) },
      handle: async ({ request }) => {
        this.seen.push(request.id)
        await handle(request.id)
      },
    }
    return new Deliverer(all)
  }

  /** Rounds until nothing is due. */
  async drain(deliverer: Deliverer): Promise<void> {
    while ((await deliverer.round(this.signals)).type === 'delivered');
  }
}

/** A promise that the test keeps. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const NEVER = new Promise<never>(() => undefined)

/** The store, but for calls that are answered otherwise. */
function answering(store: Store, answer: (name: string | symbol) => Promise<never> | null): Store {
  return new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => answer(name) ?? member.apply(target, args)
    },
  })
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('every result is handed over once, in order, and then there is nothing', async () => {
  const scene = await Scene.open()
  const ids = [...(await scene.end(250)), ...(await scene.end(1))]
  await scene.drain(scene.deliverer())
  expect(scene.seen).toEqual(ids)
  await scene.drain(scene.deliverer())
  expect(scene.seen).toHaveLength(251)
  expect(scene.events).toEqual([])
})

test('a result that is not taken comes again later and later, and holds up no other', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(3)
  const poison = ids[1]
  const deliverer = scene.deliverer((id) => {
    if (id === poison) throw new RangeError('no such claim')
  })
  await scene.drain(deliverer)
  expect(scene.seen).toEqual(ids)
  expect(scene.events).toEqual([
    {
      type: 'result_not_taken',
      at: scene.clock.now(),
      queue: QUEUE,
      requestId: poison,
      tries: 1,
      message: 'RangeError: no such claim',
    },
  ])
  await scene.clock.advance(499)
  await scene.drain(deliverer)
  expect(scene.seen).toHaveLength(3)
  await scene.clock.advance(501)
  await scene.drain(deliverer)
  expect(scene.seen.slice(3)).toEqual([poison])
  expect(scene.events.at(-1)).toMatchObject({ tries: 2 })
  await scene.clock.advance(999)
  await scene.drain(deliverer)
  expect(scene.seen).toHaveLength(4)
  await scene.clock.advance(86_400_000)
  const healed = scene.deliverer()
  await scene.drain(healed)
  expect(scene.seen.slice(4)).toEqual([poison])
  await scene.clock.advance(86_400_000)
  await scene.drain(healed)
  expect(scene.seen).toHaveLength(5)
})

test('after a crash the next worker begins where the last acknowledgement was', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(10)
  const process = { isDead: false }
  const store = answering(scene.store, () => (process.isDead ? NEVER : null))
  const handle = async (): Promise<void> => {
    await scene.clock.advance(600)
    process.isDead = scene.seen.length === 7
    if (process.isDead) await NEVER
  }
  void scene.deliverer(handle, { store }).round(scene.signals)
  while (!process.isDead) await turn()
  await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs)
  const before = scene.seen.length
  await scene.drain(scene.deliverer())
  const again = scene.seen.slice(before)
  expect(again.slice(-4)).toEqual(ids.slice(-4))
  expect(again.length).toBeLessThanOrEqual(6)
  expect(new Set(scene.seen)).toEqual(new Set(ids))
})

test('a handler that takes longer than a lease lasts keeps its delivery', async () => {
  const scene = await Scene.open()
  await scene.end(1)
  const { opened, open } = gate()
  const round = scene.deliverer(() => opened).round(scene.signals)
  for (let count = 0; count < 10; count += 1) {
    await turn()
    await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs / 2)
    expect(await scene.deliverer().round(scene.signals)).toMatchObject({ type: 'idle' })
  }
  open()
  expect(await round).toEqual({ type: 'delivered', tried: 1 })
  await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs)
  expect(await scene.deliverer().round(scene.signals)).toMatchObject({ type: 'idle' })
  expect(scene.seen).toHaveLength(1)
})

test('as many results as asked for are with the handler at a time', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(7)
  const gates = new Map(ids.map((id) => [id, gate()]))
  const handle = (id: RequestId): Promise<void> => gates.get(id)?.opened ?? Promise.resolve()
  const round = scene.deliverer(handle, { concurrency: 3 }).round(scene.signals)
  await turn()
  expect(scene.seen).toEqual(ids.slice(0, 3))
  gates.get(ids[1] as RequestId)?.open()
  await turn()
  expect(scene.seen).toEqual(ids.slice(0, 4))
  for (const { open } of gates.values()) open()
  expect(await round).toEqual({ type: 'delivered', tried: 7 })
})

test('a stop waits for what the handler has and gives the rest back', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(5)
  const { opened, open } = gate()
  const round = scene.deliverer(() => opened, { concurrency: 2 }).round(scene.signals)
  await turn()
  scene.stopping.abort()
  open()
  expect(await round).toEqual({ type: 'delivered', tried: 2 })
  const signals = new Scene().signals
  expect(await scene.deliverer().round(signals)).toEqual({ type: 'delivered', tried: 3 })
  expect(scene.seen).toEqual(ids)
})

test('when the grace is over what the handler still has comes again', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(3)
  const { opened } = gate()
  const stuck = ids[1]
  const handle = (id: RequestId): Promise<void> => (id === stuck ? opened : Promise.resolve())
  const round = scene.deliverer(handle).round(scene.signals)
  await turn()
  scene.stopping.abort()
  scene.cut.abort()
  expect(await round).toEqual({ type: 'delivered', tried: 1 })
  expect(await scene.deliverer().round(new Scene().signals)).toMatchObject({ tried: 2 })
  expect(scene.seen).toEqual([ids[0], stuck, stuck, ids[2]])
})

test('a handler that fails all the time is left alone for a while, and nothing is lost', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(40)
  let isAway = true
  const deliverer = scene.deliverer(() => {
    if (isAway) throw new TypeError('the database is away')
  })
  await scene.drain(deliverer)
  expect(scene.seen).toHaveLength(10)
  expect(await deliverer.round(scene.signals)).toMatchObject({ type: 'resting' })
  await scene.clock.advance(1_000)
  await scene.drain(deliverer)
  expect(scene.seen).toHaveLength(11)
  isAway = false
  await scene.clock.advance(86_400_000)
  await scene.drain(deliverer)
  expect(new Set(scene.seen)).toEqual(new Set(ids))
  expect(scene.seen).toHaveLength(51)
})

/** A store that is away for some calls of a method, before or after it did what was asked. */
function away(
  store: Store,
  params: { readonly method: keyof Store; readonly calls: number; readonly isDone: boolean },
): { readonly store: Store; readonly asked: () => number } {
  let asked = 0
  const error = new StoreUnavailableError('The store is away.')
  const proxy = new Proxy<Store>(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return async (...args: unknown[]) => {
        if (name !== params.method) return member.apply(target, args)
        asked += 1
        if (asked > params.calls) return member.apply(target, args)
        if (params.isDone) await member.apply(target, args)
        throw error
      }
    },
  })
  return { store: proxy, asked: () => asked }
}

test.each([
  ['an acknowledgement that the store did not take', 'ackDelivery', false],
  ['an acknowledgement whose answer was lost', 'ackDelivery', true],
  ['a lease that could not be prolonged', 'renew', false],
] as const)(
  'after %s the store is asked again, and nothing is handed over twice',
  async (...row) => {
    const [, method, isDone] = row
    const scene = await Scene.open()
    const ids = await scene.end(3)
    const poison = ids[0]
    const { store, asked } = away(scene.store, { method, calls: 2, isDone })
    const { opened, open } = gate()
    const handle = (id: RequestId): Promise<void> => {
      if (id === poison) throw new RangeError('no such claim')
      return opened
    }
    const round = scene.deliverer(handle, { store }).round(scene.signals)
    await turn()
    await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs / 2)
    open()
    while (asked() < 3) {
      await turn()
      await scene.clock.advance(1_000)
    }
    expect(await round).toEqual({ type: 'delivered', tried: 3 })
    expect(scene.seen).toEqual(ids)
    const failures = scene.events.filter(({ type }) => type === 'step_failed')
    expect(failures).toMatchObject([{ step: 'deliver' }, { step: 'deliver' }])
    await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs)
    await scene.drain(scene.deliverer())
    expect(scene.seen).toEqual([...ids, poison])
  },
)

test('a store that is away until the grace is over costs results handed over twice, never one', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(3)
  const { store } = away(scene.store, { method: 'ackDelivery', calls: 1_000, isDone: false })
  const round = scene.deliverer(undefined, { store }).round(scene.signals)
  const ended = expect(round).rejects.toBeInstanceOf(StoreUnavailableError)
  await turn()
  scene.stopping.abort()
  scene.cut.abort()
  await ended
  await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs)
  const before = scene.seen.length
  while ((await scene.deliverer().round(new Scene().signals)).type === 'delivered');
  expect(before).toBe(3)
  expect(scene.seen).toEqual([...ids, ...ids])
})

test('a worker that has lost its lease acknowledges nothing and goes on with nothing', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(3)
  const { opened, open } = gate()
  const slow = scene.deliverer(() => opened)
  const round = slow.round(scene.signals)
  await turn()
  const lease = { type: 'deliveries', project: PROJECT, queue: QUEUE } as const
  const thief = 'thief' as WorkerId
  const owner = 'w1' as WorkerId
  await scene.store.claim({
    ...{ work: lease, workerId: thief, leaseMs: 60_000, limit: 1, takeOverFrom: owner },
  })
  open()
  await round
  expect(scene.seen.length).toBeLessThan(ids.length + 1)
  await scene.clock.advance(60_000)
  await scene.drain(scene.deliverer())
  expect(new Set(scene.seen)).toEqual(new Set(ids))
  expect(scene.seen.filter((id) => id === ids[0])).toHaveLength(2)
})

test('what a rest kept back in the middle of a page is handed over, however soon the rest is over', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(150)
  const slow = gate()
  let failing = true
  const deliverer = scene.deliverer(
    async (id) => {
      if (id === ids[0]) return slow.opened
      if (failing) throw new RangeError('the database is away')
    },
    { concurrency: 2 },
  )
  const round = deliverer.round(scene.signals)
  await turn()
  expect(scene.seen).toHaveLength(11)
  failing = false
  await scene.clock.advance(2_000)
  slow.open()
  await round
  await scene.clock.advance(1_000)
  await scene.drain(deliverer)
  expect(new Set(scene.seen)).toEqual(new Set(ids))
})

test('hundreds that are never taken do not keep back what ends after them', async () => {
  const scene = await Scene.open()
  const poison = new Set(await scene.end(100))
  const deliverer = scene.deliverer((id) => {
    if (poison.has(id)) throw new RangeError('no such claim')
  })
  const [good] = await scene.end(1)
  await scene.drain(deliverer)
  await scene.clock.advance(1_000)
  await scene.drain(deliverer)
  expect(scene.seen).toContain(good)
})

test('what was taken is written down while the handler still has the next result', async () => {
  const scene = await Scene.open()
  const ids = await scene.end(5)
  const process = { isDead: false }
  const store = answering(scene.store, () => (process.isDead ? NEVER : null))
  const handle = (id: RequestId): Promise<void> | void => (id === ids[3] ? NEVER : undefined)
  void scene.deliverer(handle, { store }).round(scene.signals)
  await turn()
  await scene.clock.advance(1_000)
  await turn()
  process.isDead = true
  await scene.clock.advance(DEFAULT_ENGINE_SETTINGS.leaseMs)
  await scene.drain(scene.deliverer())
  expect(scene.seen.slice(4)).toEqual(ids.slice(3))
})
