import { enqueue, IntakeRowMaker, type QueueName } from '@halfrate/core'
import { startEmulator } from '@halfrate/emulator'
import { type RunningPostgres, startPostgres } from '@halfrate/postgres-server'
import { createHttpTransport } from '@halfrate/transport-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { HintedEngine } from '../src/hinted-engine.js'
import { openHalfrate } from '../src/open-halfrate.js'

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
  const engine = new HintedEngine({ ...rest, transport, priceBook }, () => () => farewell.promise)
  await engine.start()
  const stopped = engine.stop({ graceMs: 0 })
  expect(await engine.tick()).toEqual({ progressed: false, failed: 0, nextDueAt: null })
  farewell.resolve()
  await stopped
  expect(await half.holder()).toBe(null)
})
