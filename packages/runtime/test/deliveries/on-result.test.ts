import {
  ConfigError,
  DEFAULT_PROJECT,
  type EngineEvent,
  type QueueName,
  subscriptionSetting,
  type WorkerId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import type { Halfrate, NotTakenResult, Result } from '../../src/index.js'
import { answersTo, openAt, rowOf, rowsOf, startClaude, temporaryStore } from '../jobs/open-jobs.js'

const MAX_MS = 30_000
const LONGEST_REST_MS = 300_000
const AT_ONCE = { flush: { count: 1, bytes: 1, ageMs: 0 } } as const

/** What a handler was given, and a way to wait for so many. */
class Given {
  readonly results: Result[] = []
  readonly #waiting = new Map<number, () => void>()

  readonly take = (result: Result): void => {
    this.results.push(result)
    this.#waiting.get(this.results.length)?.()
  }

  /** Resolves when so many were given. */
  async atLeast(count: number): Promise<void> {
    if (this.results.length >= count) return
    await new Promise<void>((resolve) => this.#waiting.set(count, resolve))
  }

  /** What was answered, by key. */
  get texts(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      this.results.map((result) => [
        result.key,
        result.status === 'succeeded' ? result.text : result.error.code,
      ]),
    )
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

// Of the event loop: enough for whatever would begin by itself.
const TURNS = 200
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function elsewhere(half: Halfrate): Promise<void> {
  const job = await half.run('elsewhere', rowsOf(2))
  await job.wait()
}

describe('queue.onResult', () => {
  test('hands over each result of its queue once, under the id of its request, and none of others', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const queue = half.queue('claims', AT_ONCE)
    queue.onResult(given.take)
    const rows = rowsOf(20)
    const enqueued = await queue.enqueueAll(rows)
    await half.start()
    await given.atLeast(20)
    await elsewhere(half)
    await half.stop()
    expect(given.texts).toEqual(answersTo(rows))
    expect(given.results).toHaveLength(20)
    const idOf = new Map(enqueued.map(({ key, id }) => [key, id]))
    expect(given.results.every(({ key, id }) => idOf.get(key) === id)).toBe(true)
    expect(given.results[0]).toMatchObject({ row: 0, attempts: 1, message: { role: 'assistant' } })
  })

  test('hands over what is run as a job of the queue, and what is canceled', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    half.queue('claims', AT_ONCE).onResult(given.take)
    const job = await half.run('june', rowsOf(2), { queue: 'claims', start: false })
    await job.cancel()
    await half.start()
    await given.atLeast(2)
    expect(given.texts).toEqual({ r1: 'canceled', r2: 'canceled' })
    expect(given.results.map(({ row }) => row)).toEqual([1, 2])
  })

  test('hands a result over again that was not taken, tells each error, and goes on with the others', async () => {
    await using claude = await startClaude()
    const events: EngineEvent[] = []
    await using half = await openAt(claude, {
      observer: { onEvent: (event) => events.push(event) },
    })
    const given = new Given()
    const failed: [unknown, NotTakenResult][] = []
    const tries: number[] = []
    const queue = half.queue('claims', AT_ONCE)
    const error = new RangeError('no such claim')
    queue.onResult(
      (result, delivery) => {
        if (result.key === 'r2') tries.push(delivery.tries)
        if (result.key === 'r2' && tries.length < 3) throw error
        given.take(result)
      },
      { onError: (thrown, which) => failed.push([thrown, which]) },
    )
    await queue.enqueueAll(rowsOf(3))
    await half.start()
    await given.atLeast(3)
    expect(given.results.map(({ key }) => key)).toEqual(['r1', 'r3', 'r2'])
    expect(tries).toEqual([0, 1, 2])
    expect(failed).toMatchObject([
      [error, { result: { key: 'r2' }, tries: 1 }],
      [error, { result: { key: 'r2' }, tries: 2 }],
    ])
    expect(events.filter(({ type }) => type === 'result_not_taken')).toMatchObject([
      { queue: 'claims', tries: 1, message: 'RangeError: no such claim' },
      { tries: 2 },
    ])
  })

  test('a stop waits for the handler, and what it did not get through comes in the next process', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    const first = await openAt(claude, { store, workerId: 'one:1:1' as WorkerId })
    const begun = new Given()
    const { opened, open } = gate()
    const queue = first.queue('claims', AT_ONCE)
    queue.onResult(async (result) => {
      begun.take(result)
      await opened
    })
    await queue.enqueueAll(rowsOf(4))
    await first.start()
    await begun.atLeast(1)
    const stopped = first.close()
    open()
    await stopped
    expect(begun.results).toHaveLength(1)
    await using second = await openAt(claude, { store, workerId: 'two:1:1' as WorkerId })
    const given = new Given()
    second.queue('claims').onResult(given.take)
    await second.start()
    await given.atLeast(3)
    await second.stop()
    expect(given.results.map(({ key }) => key)).toEqual(['r2', 'r3', 'r4'])
  })

  test('a start while a stop is pending hands nothing over twice, and the next stop waits for what it began', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const [first, last] = [gate(), gate()]
    let isLastOver = false
    const queue = half.queue('claims', AT_ONCE)
    queue.onResult(async (result) => {
      given.take(result)
      if (given.results.length === 1) await first.opened
      if (given.results.length < 3) return
      await last.opened
      isLastOver = true
    })
    await queue.enqueueAll(rowsOf(3))
    await half.start()
    await given.atLeast(1)
    const stopped = half.stop()
    await half.start()
    await elsewhere(half)
    expect(given.results).toHaveLength(1)
    first.open()
    await stopped
    await given.atLeast(3)
    const stoppedAgain = half.stop()
    last.open()
    await stoppedAgain
    expect(isLastOver).toBe(true)
    expect(given.results.map(({ key }) => key)).toEqual(['r1', 'r2', 'r3'])
  })

  test('a tick while a stop is pending waits for what the handler has', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const { opened, open } = gate()
    const queue = half.queue('claims', AT_ONCE)
    queue.onResult(async (result) => {
      given.take(result)
      await opened
    })
    const job = await half.run('june', rowsOf(2), { queue: 'claims', start: false })
    await job.cancel()
    await half.start()
    await given.atLeast(1)
    const stopped = half.stop()
    const ticked = half.tick({ maxMs: MAX_MS })
    for (let turns = 0; turns < TURNS; turns += 1) await turn()
    expect(given.results).toHaveLength(1)
    open()
    await stopped
    expect((await ticked).outcome).toBe('idle')
    expect(given.results.map(({ key }) => key)).toEqual(['r1', 'r2'])
  })

  test('a close while a stop is pending waits for what the handler has', async () => {
    await using claude = await startClaude()
    const half = await openAt(claude)
    const given = new Given()
    const { opened, open } = gate()
    let isOver = false
    const queue = half.queue('claims', AT_ONCE)
    queue.onResult(async (result) => {
      given.take(result)
      await opened
      isOver = true
    })
    await queue.enqueue(rowOf('r1', 'row 1'))
    await half.start()
    await given.atLeast(1)
    const stopped = half.stop()
    const closed = half.close().then(() => isOver)
    for (let turns = 0; turns < TURNS; turns += 1) await turn()
    open()
    expect(await closed).toBe(true)
    await stopped
  })

  test('a handler that outlasts the grace is told so, and its result comes again', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const told: boolean[] = []
    const queue = half.queue('claims', AT_ONCE)
    queue.onResult(async (result, { signal }) => {
      given.take(result)
      if (given.results.length > 1) return
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
      told.push(signal.aborted)
      throw new TypeError('cut off')
    })
    await queue.enqueue(rowOf('r1', 'row 1'))
    await half.start()
    await given.atLeast(1)
    await half.stop({ graceMs: 50 })
    expect(told).toEqual([true])
    await half.start()
    await given.atLeast(2)
    expect(given.results.map(({ key }) => key)).toEqual(['r1', 'r1'])
  })

  test('a process hands over what another one brings home', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using worker = await openAt(claude, { store, workerId: 'one:1:1' as WorkerId })
    await worker.start()
    await using other = await openAt(claude, { store, workerId: 'two:1:1' as WorkerId })
    const given = new Given()
    const queue = other.queue('claims', AT_ONCE)
    await queue.onResult(given.take).ready()
    await other.start()
    await worker.queue('claims').enqueueAll(rowsOf(3))
    await given.atLeast(3)
    expect(given.texts).toEqual(answersTo(rowsOf(3)))
  })

  test('ticks alone hand results over, each in a process of its own', async () => {
    await using claude = await startClaude({ clock: { factor: 1 } })
    const store = temporaryStore()
    const given = new Given()
    const tick = async (workerId: string, maxMs = MAX_MS): Promise<string> => {
      await using half = await openAt(claude, { store, workerId: workerId as WorkerId })
      const queue = half.queue('claims', AT_ONCE)
      queue.onResult(given.take)
      await queue.enqueueAll(rowsOf(5))
      return (await half.tick({ maxMs })).outcome
    }
    expect(await tick('one:1:1')).toBe('idle')
    expect(given.results).toEqual([])
    await claude.clock.advance('2h')
    expect(await tick('two:1:1')).toBe('idle')
    expect(given.texts).toEqual(answersTo(rowsOf(5)))
    expect(await tick('three:1:1')).toBe('idle')
    expect(given.results).toHaveLength(5)
  })

  test('a tick says when a result that was not taken is due again', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    half.queue('claims', AT_ONCE).onResult(() => {
      throw new RangeError('no such claim')
    })
    const job = await half.run('june', rowsOf(1), { queue: 'claims', start: false })
    await job.cancel()
    const before = await half.store.now()
    const { outcome, nextDueAt } = await half.tick({ maxMs: MAX_MS })
    expect(outcome).toBe('idle')
    expect(nextDueAt).toBeGreaterThanOrEqual(before + 500)
    expect(nextDueAt).toBeLessThanOrEqual((await half.store.now()) + LONGEST_REST_MS)
  })

  test('a queue has one handler a process, and an option that is none is refused', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const queue = half.queue('claims')
    const add = (concurrency: number) => queue.onResult(() => undefined, { concurrency })
    expect(() => add(0)).toThrow('concurrency: expected a whole number from 1 to 1000, got 0.')
    expect(() => add(1.5)).toThrow(ConfigError)
    add(1_000)
    expect(() => add(1)).toThrow('onResult: queue "claims" has a handler in this process.')
  })

  test('when it is ended nothing is handed over any more, and nothing is kept', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const queue = half.queue('claims', AT_ONCE)
    const subscription = queue.onResult(given.take)
    await queue.enqueue(rowOf('r1', 'row 1'))
    await half.start()
    await given.atLeast(1)
    await subscription.end()
    const job = await half.run('later', rowsOf(2), { queue: 'claims' })
    await job.wait()
    const again = new Given()
    await queue.onResult(again.take).ready()
    await queue.enqueue(rowOf('r9', 'row 9'))
    await again.atLeast(1)
    expect(again.texts).toEqual({ r9: 'answer to row 9' })
    expect(given.results).toHaveLength(1)
  })

  test('one that was ended can not be made ready again, and writes nothing', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const subscription = half.queue('claims').onResult(() => undefined)
    await subscription.end()
    await expect(subscription.ready()).rejects.toThrow(ConfigError)
    const name = subscriptionSetting(DEFAULT_PROJECT, 'claims' as QueueName)
    expect((await half.store.getSetting(name))?.value ?? null).toBeNull()
  })

  test('after an end in another process the next enqueue has results kept again', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using half = await openAt(claude, { store, workerId: 'one:1:1' as WorkerId })
    await using other = await openAt(claude, { store, workerId: 'two:1:1' as WorkerId })
    const given = new Given()
    const queue = half.queue('claims', AT_ONCE)
    await queue.onResult(given.take).ready()
    await other
      .queue('claims')
      .onResult(() => undefined)
      .end()
    await queue.enqueue(rowOf('r1', 'row 1'))
    await half.start()
    await given.atLeast(1)
    expect(given.texts).toEqual({ r1: 'answer to row 1' })
  })

  test('an end in the middle of what one step ended is the end', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const given = new Given()
    const subscription = half.queue('claims', AT_ONCE).onResult(async (result) => {
      await subscription.end()
      given.take(result)
    })
    const job = await half.run('june', rowsOf(5), { queue: 'claims', start: false })
    await job.cancel()
    await half.start()
    await given.atLeast(1)
    await elsewhere(half)
    await half.stop()
    expect(given.results.map(({ key }) => key)).toEqual(['r1'])
  })
})
