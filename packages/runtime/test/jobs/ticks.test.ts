import {
  ConfigError,
  DEFAULT_PROJECT,
  type QueueName,
  queueSetting,
  type WorkerId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import {
  answersTo,
  openAt,
  rowOf,
  rowsOf,
  startClaude,
  temporaryStore,
  textsOf,
} from './open-jobs.js'

const MAX_MS = 30_000

describe('half.tick', () => {
  test('sends what waits, and later brings it home, each time in a process of its own', async () => {
    await using claude = await startClaude({ clock: { factor: 1 }, turnaroundMs: [60_000, 60_000] })
    const store = temporaryStore()
    const tick = async (workerId: string) => {
      await using half = await openAt(claude, { store, workerId: workerId as WorkerId })
      const job = await half.run('nightly', rowsOf(4), { start: false })
      const ticked = await half.tick({ maxMs: MAX_MS })
      return { ticked, report: await job.report(), job: await textsOrNone(job) }
    }
    const first = await tick('one:1:1')
    expect(first.ticked).toMatchObject({ outcome: 'idle', failed: 0 })
    expect(first.ticked.nextDueAt).toBeGreaterThan(0)
    expect(first.report).toMatchObject({ inBatches: 4, succeeded: 0 })
    await claude.clock.advance('2h')
    const second = await tick('two:1:1')
    expect(second.report).toMatchObject({ succeeded: 4, isDone: true })
    expect(second.job).toEqual(answersTo(rowsOf(4)))
    expect(claude.ledger.billed()).toHaveLength(4)
  })

  test('does nothing where another process works, and says so', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using worker = await openAt(claude, { store })
    await worker.start()
    await using other = await openAt(claude, { store, workerId: 'elsewhere:1:1' as WorkerId })
    expect(await other.tick({ maxMs: MAX_MS })).toMatchObject({ outcome: 'elsewhere' })
  })

  test('returns when its time is used, and what it left undone is done by the next one', async () => {
    await using claude = await startClaude({ latencyMs: 400 })
    await using half = await openAt(claude)
    const job = await half.run('slow', rowsOf(2), { start: false })
    expect(await half.tick({ maxMs: 250 })).toMatchObject({ outcome: 'time_used' })
    expect(claude.ledger.billed()).toHaveLength(0)
    await half.start()
    expect(await textsOf(job.results())).toEqual(answersTo(rowsOf(2)))
    expect(claude.ledger.billed()).toHaveLength(2)
  })

  test('refuses a time that is none', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await expect(half.tick({ maxMs: 0 })).rejects.toThrow('maxMs: expected milliseconds')
    await expect(half.stop({ graceMs: -1 })).rejects.toThrow('graceMs: expected milliseconds')
  })

  test('is refused where this process works already; after a stop it is not', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await half.start()
    await half.start()
    await expect(half.tick({ maxMs: MAX_MS })).rejects.toBeInstanceOf(ConfigError)
    await half.stop({ graceMs: 1_000 })
    await half.finished()
    expect(await half.holder()).toBeNull()
    expect(await half.tick({ maxMs: MAX_MS })).toMatchObject({ outcome: 'idle' })
  })
})

describe('half.queue with a policy', () => {
  test('writes the policy before it enqueues, and keeps what else is stored', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const name = queueSetting(DEFAULT_PROJECT, 'claims' as QueueName)
    const claims = half.queue('claims', { maxFailures: 5 })
    expect(await half.store.getSetting(name)).toBeNull()
    await claims.enqueue(rowOf('a', 'hello'))
    half.queue('claims', { onLostAnswer: 'wait' })
    await half.queue('claims').enqueue(rowOf('b', 'hello'))
    const stored = await half.store.getSetting(name)
    expect(stored?.value).toMatchObject({ maxFailures: 5, onLostAnswer: 'wait' })
    expect(await half.why('a', { queue: 'claims' })).toMatchObject({
      request: { state: 'waiting' },
    })
  })
})

async function textsOrNone(job: Awaited<ReturnType<Awaited<ReturnType<typeof openAt>>['job']>>) {
  return (await job.report()).isDone ? await textsOf(job.results()) : null
}
