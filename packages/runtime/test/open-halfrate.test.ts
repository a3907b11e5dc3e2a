import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ConfigError,
  DEFAULT_PROJECT,
  loadJob,
  type QueueName,
  queueSetting,
  type WorkerId,
  WorkerRunningError,
} from '@halfrate/core'
import { IntakeRowMaker } from '@halfrate/core/intake'
import { startEmulator } from '@halfrate/emulator'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openHalfrate } from '../src/open-halfrate.js'
import { writeQueuePolicy } from '../src/write-queue-policy.js'

const RUN = 'run' as QueueName

function temporaryStore(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halfrate-runtime-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'halfrate.db')
}

describe('openHalfrate', () => {
  test('wires a store, the provider and an engine that brings an answer home', async () => {
    await using claude = await startEmulator({
      seed: 7,
      clock: { factor: 600 },
      turnaroundMs: [60_000, 60_000],
    })
    let collected: () => void = () => undefined
    const done = new Promise<void>((resolve) => {
      collected = resolve
    })
    await using half = await openHalfrate({
      store: temporaryStore(),
      baseUrl: claude.url,
      clock: claude.startLine.clock,
      queue: RUN,
      queuePolicy: { flush: { count: 1, bytes: 1, ageMs: 0 } },
      observer: {
        onEvent: (event) => {
          if (event.type === 'submission_changed' && event.state === 'collected') collected()
        },
      },
    })
    const maker = new IntakeRowMaker({ hash128: half.digest.hash128 })
    const params = {
      model: 'claude-haiku-4-5',
      max_tokens: 300,
      messages: [{ role: 'user', content: 'hello' }],
    }
    const { job } = await loadJob({
      store: half.store,
      queue: RUN,
      jobName: 'one',
      onConflict: 'report',
      read: () => ({
        rows: [maker.intakeRowOf({ key: 'a', params }, 1)],
        sourceDigest: () => null,
      }),
    })
    const engine = await half.engine()
    await engine.start()
    await done
    await engine.stop({ graceMs: 600_000 })
    const report = await half.store.report({ scope: { project: DEFAULT_PROJECT, jobId: job.id } })
    expect(report.counts.byStatus.succeeded).toBe(1)
    expect(report.money.paidNano).toBeGreaterThan(0)
    expect(await half.holder()).toBeNull()
  })

  test('cancels a batch at the provider once all of its requests are canceled', async () => {
    await using claude = await startEmulator({
      seed: 7,
      clock: { factor: 600 },
      turnaroundMs: [20 * 3_600_000, 20 * 3_600_000],
    })
    const seen = new Map<string, () => void>()
    const reached = (state: string) => new Promise<void>((resolve) => seen.set(state, resolve))
    await using half = await openHalfrate({
      store: temporaryStore(),
      baseUrl: claude.url,
      clock: claude.startLine.clock,
      queue: RUN,
      queuePolicy: { flush: { count: 2, bytes: 10_000, ageMs: 0 } },
      observer: {
        onEvent: (event) => {
          if (event.type === 'submission_changed') seen.get(event.state)?.()
        },
      },
    })
    const maker = new IntakeRowMaker({ hash128: half.digest.hash128 })
    const messages = [{ role: 'user', content: 'hello' }]
    const params = { model: 'claude-haiku-4-5', max_tokens: 300, messages }
    const rows = [
      maker.intakeRowOf({ key: 'a', params }, 1),
      maker.intakeRowOf({ key: 'b', params }, 2),
    ]
    const read = () => ({ rows, sourceDigest: () => null })
    const { store } = half
    const { job } = await loadJob({ store, queue: RUN, jobName: 'one', onConflict: 'report', read })
    const engine = await half.engine()
    const atClaude = reached('in_progress')
    const collected = reached('collected')
    await engine.start()
    await atClaude
    const scope = { project: DEFAULT_PROJECT, jobId: job.id }
    const requests = await store.listRequests({ scope, states: null, afterId: 0, limit: 10 })
    const requestIds = requests.map(({ id }) => id)
    const wish = { project: DEFAULT_PROJECT, requestIds, reason: 'canceled' } as const
    expect(await store.cancel(wish)).toMatchObject({ flagged: 2 })
    await collected
    await engine.stop({ graceMs: 600_000 })
    const report = await store.report({ scope })
    expect(report.counts.byStatus).toMatchObject({ canceled: 2, succeeded: 0 })
    expect(report.money.paidNano).toBe(0)
  })

  test('makes no engine without a key for a provider that is not on this machine', async () => {
    await using half = await openHalfrate({ store: temporaryStore() })
    await expect(half.engine()).rejects.toThrow('there is no API key')
  })

  test('makes no engine with a fast clock for the provider’s own host', async () => {
    const clock = { origin: 0, start: 0, factor: 2 }
    await using half = await openHalfrate({ store: temporaryStore(), apiKey: 'key', clock })
    await expect(half.engine()).rejects.toBeInstanceOf(ConfigError)
  })

  test('lets one worker run, names it to the others, and takes over from one that died here', async () => {
    await using claude = await startEmulator()
    const store = temporaryStore()
    const open = (workerId?: string) =>
      openHalfrate({ store, baseUrl: claude.url, workerId: workerId as WorkerId | undefined })
    await using living = await open()
    const engine = await living.engine()
    await engine.start()
    await using other = await open('elsewhere:1:1')
    await expect((await other.engine()).start()).rejects.toBeInstanceOf(WorkerRunningError)
    expect(await other.holder()).toBe(living.workerId)
    await engine.stop({ graceMs: 0 })
    // A worker of this host whose process number is in use, but was started at another time.
    const dead = living.workerId.replace(/[^:]+$/, '1')
    await using gone = await open(dead)
    await gone.store.claim({
      work: { type: 'singleton', name: 'worker' },
      workerId: dead as WorkerId,
      leaseMs: 3_600_000,
      limit: 1,
    })
    const next = await living.engine()
    await next.start()
    expect(await other.holder()).toBe(living.workerId)
    await next.stop({ graceMs: 0 })
  })

  test('refuses a base URL that is none', async () => {
    await expect(openHalfrate({ store: ':memory:', baseUrl: 'nowhere' })).rejects.toThrow(
      'base URL',
    )
  })
})

describe('a queue’s policy', () => {
  test('changes only where it is told to, and is written only when it changes', async () => {
    await using half = await openHalfrate({ store: temporaryStore() })
    const write = (changes: object) =>
      writeQueuePolicy({ store: half.store, project: DEFAULT_PROJECT, queue: RUN, changes })
    await write({ maxFailures: 7 })
    await write({ onLostAnswer: 'wait' })
    await write({ onLostAnswer: 'wait' })
    const stored = await half.store.getSetting(queueSetting(DEFAULT_PROJECT, RUN))
    expect(stored).toMatchObject({ version: 2, value: { maxFailures: 7, onLostAnswer: 'wait' } })
  })
})

describe('what a program without types gives wrong', () => {
  const ROWS = [
    {
      key: 'a',
      params: {
        model: 'claude-haiku-4-5',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'x' }],
      },
    },
  ]
  const untyped = (value: unknown): never => value as never

  test.each([
    [undefined, 'openHalfrate: expected an object with its options, got nothing.'],
    [
      {},
      'openHalfrate: expected store: the path of a file or a postgres:// URL, a text, got nothing.',
    ],
    [{ store: ':memory:', sotre: 1 }, 'openHalfrate: there is no option "sotre"'],
    [
      { store: ':memory:', queuePolicy: null },
      'openHalfrate: expected queuePolicy: an object with a policy, got null.',
    ],
    [{ store: '' }, 'store: expected the path of a file or a postgres:// URL, got nothing.'],
    [{ store: 'mysql://db/half' }, 'got one that begins with mysql://.'],
  ])('is told when it opens %j', async (options, message) => {
    const opening = openHalfrate(untyped(options))
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow(message)
  })

  test.each([
    [
      ['e'],
      'run: expected rows: an array, a generator or a stream of { key, params }, got nothing.',
    ],
    [['e', {}], 'run: expected rows: an array, a generator or a stream of { key, params }'],
    [['e', ROWS, { maxCostUsd: 20 }], "maxCostUsd: expected dollars as text, such as '20'"],
    [['e', ROWS, { maxCost: '20' }], 'Was maxCostUsd meant?'],
    [['e', ROWS, { onconflict: 'keep' }], 'Was onConflict meant?'],
    [['e', ROWS, { onConflict: 'skip' }], 'onConflict: expected one of throw, supersede, keep'],
    [[undefined, ROWS], "run: expected the job's name, a text, got nothing."],
  ])('is told when it runs %j, and nothing is stored', async (given, message) => {
    await using half = await openHalfrate({ store: temporaryStore(), apiKey: 'sk-ant-test' })
    const running = half.run(...(given as unknown as Parameters<typeof half.run>))
    await expect(running).rejects.toThrow(ConfigError)
    await expect(running).rejects.toThrow(message)
    await expect(half.job('e')).rejects.toThrow('there is no job "e"')
  })

  test('is told of queues and ticks', async () => {
    await using half = await openHalfrate({ store: ':memory:', apiKey: 'sk-ant-test' })
    expect(() => half.queue('q', untyped({ maxBatchRequests: 0 }))).toThrow(
      'from 1 to 100000, got 0',
    )
    expect(() => half.queue('q', untyped({ onLostAnswer: 'foo' }))).toThrow(ConfigError)
    expect(() => half.queue('q', untyped({ flsh: 1 }))).toThrow('Was flush meant?')
    for (const [policy, got] of [
      [null, 'null'],
      ['fast', 'a value of type string'],
      [[], 'a list'],
    ]) {
      expect(() => half.queue('q', untyped(policy))).toThrow(
        `queue: expected an object with its policy, got ${got}.`,
      )
    }
    await expect(half.tick(untyped(undefined))).rejects.toThrow('tick: expected an object')
    await expect(half.tick(untyped({ maxMs: '5' }))).rejects.toThrow(
      'tick: expected maxMs in milliseconds',
    )
    await expect(half.job(untyped(7))).rejects.toThrow('job: expected its name, a text, got 7.')
  })
})
