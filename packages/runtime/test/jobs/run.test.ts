import { Readable } from 'node:stream'
import {
  ConfigError,
  HalfrateError,
  InvalidInputError,
  type QueueName,
  StoreClosedError,
  type WorkerId,
} from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { openHalfrate, RowsChangedError } from '../../src/index.js'
import {
  answersTo,
  listOf,
  openAt,
  rowOf,
  rowsOf,
  startClaude,
  temporaryStore,
  textsOf,
} from './open-jobs.js'

describe('half.run', () => {
  test('takes rows in, works on them, and gives every result once, with its cost', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = rowsOf(25)
    const job = await half.run('one', rows)
    expect(job).toMatchObject({ name: 'one', rowCount: 25 })
    expect(await textsOf(job.results())).toEqual(answersTo(rows))
    const report = await job.report()
    expect(report).toMatchObject({ total: 25, succeeded: 25, failed: 0, waiting: 0, isDone: true })
    expect(Number(report.paidUsd)).toBeGreaterThan(0)
    expect(Number(report.savedUsd)).toBeCloseTo(Number(report.paidUsd), 8)
    const [first] = await listOf(job.results())
    expect(first).toMatchObject({
      ...{ key: 'r1', row: 1, status: 'succeeded', text: 'answer to row 1', attempts: 1 },
      message: { role: 'assistant', stop_reason: 'end_turn' },
    })
  })

  test('takes rows from a generator and from a stream, which can be read once', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = rowsOf(2_500)
    const generated = await half.run('generated', rows.values())
    const streamed = await half.run('streamed', Readable.from(rows.slice(0, 3)))
    expect((await generated.wait()).succeeded).toBe(2_500)
    expect(await textsOf(generated.results())).toEqual(answersTo(rows))
    expect(await textsOf(streamed.results())).toEqual(answersTo(rows.slice(0, 3)))
  })

  test('is the same job under the same name: what is there is not sent again, what is new is', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await (await half.run('one', rowsOf(3))).wait()
    const again = await half.run('one', [...rowsOf(3), rowOf('r4', 'row 4')])
    expect(await textsOf(again.results())).toEqual(answersTo(rowsOf(4)))
    expect(claude.ledger.billed()).toHaveLength(4)
  })

  test('says which rows have changed, and does with them what it is told', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await (await half.run('one', rowsOf(3))).wait()
    const changed = [...rowsOf(2), rowOf('r3', 'something else')]
    const refused = half.run('one', changed)
    await expect(refused).rejects.toBeInstanceOf(RowsChangedError)
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'key_conflict', changedRows: 1 },
      message: expect.stringContaining('"r3"'),
      nextStep: expect.stringContaining('onConflict'),
    })
    const kept = await half.run('one', changed, { onConflict: 'keep' })
    expect(await textsOf(kept.results())).toEqual(answersTo(rowsOf(3)))
    const anew = await half.run('one', changed, { onConflict: 'supersede' })
    expect(await textsOf(anew.results())).toEqual(answersTo(changed))
  })

  test('stores nothing of rows of which one can’t be taken, and says where it is', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const bad = { key: 'bad', params: { model: 'claude-haiku-4-5', max_tokens: 0, messages: [] } }
    const refused = half.run('one', [...rowsOf(2), bad])
    await expect(refused).rejects.toBeInstanceOf(InvalidInputError)
    await expect(refused).rejects.toThrow('rows:3: params')
    const twice = half.run('one', [...rowsOf(2), rowOf('r1', 'row 1')])
    await expect(twice).rejects.toMatchObject({ rule: 'repeated_key' })
    await expect(half.run('one', [])).rejects.toThrow('expected at least one row')
    await expect(half.job('one')).rejects.toBeInstanceOf(ConfigError)
    expect(claude.ledger.posts()).toHaveLength(0)
  })

  test('says that a key is missing before it stores anything', async () => {
    await using half = await openHalfrate({ store: temporaryStore() })
    await expect(half.run('one', rowsOf(1))).rejects.toThrow('there is no API key')
    await expect(half.job('one')).rejects.toBeInstanceOf(ConfigError)
  })

  test('refuses a name that is none, and another queue than the job is in', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await expect(half.run(' ', rowsOf(1))).rejects.toBeInstanceOf(ConfigError)
    await half.run('one', rowsOf(1), { start: false })
    const elsewhere = half.run('one', rowsOf(1), { queue: 'claims' })
    await expect(elsewhere).rejects.toThrow('expected "run"')
  })

  test('leaves the work to the process that has the place of a file, and reads its results', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    await using worker = await openAt(claude, { store })
    await worker.start()
    await using other = await openAt(claude, { store, workerId: 'elsewhere:1:1' as WorkerId })
    const job = await other.run('one', rowsOf(3))
    expect(await textsOf(job.results())).toEqual(answersTo(rowsOf(3)))
    expect(claude.ledger.billed()).toHaveLength(3)
  })
})

describe('a result', () => {
  test('that failed keeps what came and was paid, and says what to do', async () => {
    await using claude = await startClaude()
    claude.reply(({ params }) => {
      const [first] = params.messages as { readonly content: string }[]
      return first?.content === 'row 2' ? { stop_reason: 'max_tokens' } : 'fine'
    })
    await using half = await openAt(claude, {
      queuePolicy: { maxFailures: 1 },
      queue: 'run' as QueueName,
    })
    const job = await half.run('one', rowsOf(2))
    const results = await listOf(job.results())
    expect(results.find(({ key }) => key === 'r2')).toMatchObject({
      status: 'failed',
      error: { code: 'cut_off', nextStep: expect.stringContaining('max_tokens') },
      unusable: { message: { stop_reason: 'max_tokens' } },
    })
    expect(await job.report()).toMatchObject({ succeeded: 1, failed: 1, byCode: { cut_off: 1 } })
  })

  test('that was canceled before it was sent says so, and nothing was paid', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const job = await half.run('one', rowsOf(3), { start: false })
    expect(await job.cancel()).toEqual({ canceled: 3, atClaude: 0 })
    expect(await textsOf(job.results())).toEqual({ r1: 'canceled', r2: 'canceled', r3: 'canceled' })
    expect(await job.cancel()).toEqual({ canceled: 0, atClaude: 0 })
    expect((await job.report()).canceled).toBe(3)
    expect(claude.ledger.posts()).toHaveLength(0)
  })

  test('ends by an error for whoever still waits for it when the store is closed', async () => {
    await using claude = await startClaude({ turnaroundMs: [3_600_000, 3_600_000] })
    const half = await openAt(claude)
    const job = await half.run('one', rowsOf(1))
    const waiting = textsOf(job.results())
    waiting.catch(() => undefined)
    await half.close()
    await expect(waiting).rejects.toBeInstanceOf(StoreClosedError)
    await expect(waiting).rejects.toBeInstanceOf(HalfrateError)
  })

  test('can be asked for its life by its key', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const job = await half.run('one', rowsOf(2))
    await job.wait()
    const life = await half.why('r2', { job: 'one' })
    expect(life).toMatchObject({ request: { key: 'r2', state: 'done' } })
    expect(life?.attempts).toHaveLength(1)
    expect(await job.why('unknown')).toBeNull()
  })
})
