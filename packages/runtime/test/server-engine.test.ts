import { DEFAULT_PROJECT, enqueue, type QueueName } from '@halfrate/core'
import { IntakeRowMaker } from '@halfrate/core/intake'
import { startEmulator } from '@halfrate/emulator'
import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { createHttpTransport } from '@halfrate/transport-http'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHalfrate } from '../src/open-halfrate.js'
import { ServerEngine } from '../src/server-engine.js'

const QUEUE = 'claims' as QueueName

// Two seconds between two rounds become more than half an hour.
const SLOW = { origin: 0, start: 0, factor: 0.001 }

let server: RunningPostgres

function signal(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve }
}

beforeAll(async () => {
  server = await startPostgres()
})

afterAll(() => server.stop())

test('a row that somebody inserts into the inbox is sent to Claude and answered', async () => {
  await using claude = await startEmulator({
    seed: 7,
    clock: { factor: 600 },
    turnaroundMs: [60_000, 60_000],
  })
  const collected = signal()
  await using half = await openHalfrate({
    store: `${server.url}?schema=inbox_test`,
    ...{ baseUrl: claude.url, clock: claude.startLine.clock, queue: QUEUE },
    queuePolicy: { flush: { count: 1, bytes: 1, ageMs: 0 } },
    observer: {
      onEvent: (event) => {
        if (event.type === 'submission_changed' && event.state === 'collected') collected.resolve()
      },
    },
  })
  const engine = await half.engine()
  await engine.start()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(
    `INSERT INTO inbox_test.halfrate_inbox (queue, key, params) VALUES ('claims', 'a',
      '{"model":"claude-haiku-4-5","max_tokens":300,"messages":[{"role":"user","content":"hello"}]}')`,
  )
  await client.end()
  await collected.promise
  await engine.stop({ graceMs: 600_000 })
  const report = await half.store.report({ scope: { project: DEFAULT_PROJECT } })
  expect(report.counts.byStatus.succeeded).toBe(1)
})

test('a row that no budget could bound is refused at the door, and those behind it are answered', async () => {
  await using claude = await startEmulator({
    seed: 8,
    clock: { factor: 600 },
    turnaroundMs: [60_000, 60_000],
  })
  const collected = signal()
  await using half = await openHalfrate({
    store: `${server.url}?schema=priced_inbox`,
    ...{ baseUrl: claude.url, clock: claude.startLine.clock, queue: QUEUE },
    queuePolicy: { flush: { count: 1, bytes: 1, ageMs: 0 } },
    observer: {
      onEvent: (event) => {
        if (event.type === 'submission_changed' && event.state === 'collected') collected.resolve()
      },
    },
  })
  await half.budgets.set({ monthUsd: '100' })
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query(
    `INSERT INTO priced_inbox.halfrate_inbox (queue, key, params)
     SELECT 'claims', key, json_build_object('model', model, 'max_tokens', 300,
       'messages', json_build_array(json_build_object('role', 'user', 'content', 'hello')))
     FROM (VALUES ('a', 'claude-nobody-knows'), ('b', 'claude-haiku-4-5')) AS asked (key, model)`,
  )
  const engine = await half.engine()
  await engine.start()
  await collected.promise
  await engine.stop({ graceMs: 600_000 })
  const left = await client.query('SELECT key, error FROM priced_inbox.halfrate_inbox')
  await client.end()
  expect(left.rows).toMatchObject([
    { key: 'a', error: expect.stringContaining('there is no price for "claude-nobody-knows"') },
  ])
  const report = await half.store.report({ scope: { project: DEFAULT_PROJECT } })
  expect(report.counts).toMatchObject({ total: 1, byStatus: { succeeded: 1 } })
})

test('a worker on PostgreSQL begins with new work long before its next round', async () => {
  await using claude = await startEmulator({ seed: 7 })
  const sealed = signal()
  const idle = signal()
  const place = { store: server.url, baseUrl: claude.url, clock: SLOW }
  await using worker = await openHalfrate({
    ...place,
    queue: QUEUE,
    queuePolicy: { flush: { count: 1, bytes: 1, ageMs: 0 } },
    observer: {
      onEvent: (event) => {
        if (event.type === 'submission_changed' && event.state === 'sealed') sealed.resolve()
      },
    },
  })
  const engine = await worker.engine()
  const tick = engine.tick.bind(engine)
  let rounds = 0
  engine.tick = async () => {
    const report = await tick()
    rounds += 1
    // The first round, and the one after the listener had its connection.
    if (rounds === 2) idle.resolve()
    return report
  }
  await engine.start()
  await idle.promise
  await using caller = await openHalfrate(place)
  const maker = new IntakeRowMaker({ hash128: caller.digest.hash128 })
  const params = {
    model: 'claude-haiku-4-5',
    max_tokens: 300,
    messages: [{ role: 'user', content: 'hello' }],
  }
  const rows = [maker.intakeRowOf({ key: 'a', params })]
  const [answer] = await enqueue({ store: caller.store, queue: QUEUE, rows })
  expect(answer?.type).toBe('new')
  await sealed.promise
  await engine.stop({ graceMs: 0 })
})

test('a worker that is told to stop knows at once, however long its listener takes to say farewell', async () => {
  await using half = await openHalfrate({ store: ':memory:', baseUrl: 'http://127.0.0.1:9' })
  const farewell = signal()
  const { prices: priceBook, ...rest } = half
  const transport = createHttpTransport({
    accounts: () => ({ baseUrl: 'http://127.0.0.1:9', apiKey: 'none' }),
    now: () => half.clock.now(),
  })
  const engine = new ServerEngine(
    { ...rest, transport, priceBook },
    {
      listen: () => () => farewell.promise,
      moveInbox: async () => expect.unreachable('a worker that stops takes nothing in'),
    },
  )
  await engine.start()
  const stopped = engine.stop({ graceMs: 0 })
  expect(await engine.tick()).toEqual({ progressed: false, failed: 0, nextDueAt: null })
  farewell.resolve()
  await stopped
  expect(await half.holder()).toBe(null)
})
