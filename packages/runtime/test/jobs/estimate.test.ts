import { InvalidInputError } from '@halfrate/core'
import type { NewRequest } from '@halfrate/core/intake'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { CostEstimate } from '../../src/index.js'
import { openAt, rowOf, rowsOf, startClaude } from './open-jobs.js'

const PROSE = 'The water came through the ceiling on Sunday night, and nobody was at home. '

function documents(model: string, count: number): NewRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const messages = [{ role: 'user', content: PROSE.repeat(20 * (index + 1)) }]
    return { key: `d${index}`, params: { model, max_tokens: 200, messages } }
  })
}

function middle({ batch }: CostEstimate): readonly number[] {
  return [Number(batch.lowUsd), Number(batch.highUsd)]
}

describe('half.estimate', () => {
  test.each(['claude-haiku-4-5', 'claude-opus-5-5'])(
    'holds between its ends what rows for %s then cost',
    async (model) => {
      await using claude = await startClaude()
      await using half = await openAt(claude)
      const rows = documents(model, 10)
      const estimate = await half.estimate(rows)
      expect(estimate).toMatchObject({ rows: 10, batch: { basis: 'estimate' }, unpricedRows: 0 })
      expect(claude.ledger.posts()).toHaveLength(0)
      const report = await (await half.run('one', rows)).wait()
      const [low = 0, high = 0] = middle(estimate)
      expect(Number(report.paidUsd)).toBeGreaterThan(low)
      expect(Number(report.paidUsd)).toBeLessThan(high)
      expect(Number(report.paidUsd)).toBeLessThan(Number(estimate.ceilingUsd))
      expect(Number(estimate.realtime.highUsd)).toBeCloseTo(2 * high, 8)
    },
  )

  test('says of a job what is not done, and of a done one nothing', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = documents('claude-haiku-4-5', 3)
    const job = await half.run('one', rows, { start: false })
    const open = await half.estimate(job)
    // Nothing but text is in these, so that their size says as much as they do.
    expect(open).toEqual(await half.estimate(rows))
    await half.start()
    await job.wait()
    expect(await half.estimate(job)).toMatchObject({
      rows: 0,
      batch: { lowUsd: '0.00', basis: 'exact' },
    })
  })

  test('counts the schema of an output, and rows of a generator', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const output = z.object({ team: z.string().describe(PROSE.repeat(5)) })
    const [, plain = 0] = middle(await half.estimate(rowsOf(3).values()))
    const [, asked = 0] = middle(await half.estimate(rowsOf(3), { output }))
    expect(asked).toBeGreaterThan(plain)
  })

  test('is kept with the job, for whoever comes to its end, and held against what it cost', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = documents('claude-haiku-4-5', 4)
    const [first, second] = [
      await half.estimate(rows.slice(0, 3)),
      await half.estimate(rows.slice(3)),
    ]
    await half.run('one', rows.slice(0, 3), { start: false })
    expect((await (await half.job('one')).report()).estimate).toEqual({
      lowUsd: first.batch.lowUsd,
      highUsd: first.batch.highUsd,
      ...{ basis: 'estimate', grounds: first.grounds, missedUsd: null },
    })
    // The same call again, as after a crash, and then one with a row more.
    await half.run('one', rows.slice(0, 3), { start: false })
    const report = await (await half.run('one', rows)).wait()
    const sum = (one: string, other: string): number => Number(one) + Number(other)
    expect(Number(report.estimate?.lowUsd)).toBeCloseTo(
      sum(first.batch.lowUsd, second.batch.lowUsd),
      9,
    )
    expect(Number(report.estimate?.highUsd)).toBeCloseTo(
      sum(first.batch.highUsd, second.batch.highUsd),
      9,
    )
    expect(report.estimate?.missedUsd).toBe('0.00')
  })

  test('says where rows with a cached prefix are dearer in batch, and the emulator’s bill agrees', async () => {
    await using claude = await startClaude({ cacheHitRate: 0 })
    await using half = await openAt(claude)
    const cache_control = { type: 'ephemeral' }
    const system = [{ type: 'text', text: PROSE.repeat(120), cache_control }]
    const rows = documents('claude-opus-5-5', 5).map(({ key, params }) => {
      const messages = [{ role: 'user', content: `${key} ${PROSE.repeat(8)}` }]
      return { key, params: { ...params, max_tokens: 60, system, messages } }
    })
    const { caching, batch } = await half.estimate(rows)
    expect(caching).toMatchObject({ rows: 5, batchIsDearer: 'yes' })
    const report = await (await half.run('one', rows)).wait()
    const paid = Number(report.paidUsd)
    expect(paid).toBeGreaterThan(Number(caching?.coldBatch.lowUsd))
    expect(paid).toBeLessThan(Number(batch.highUsd))
    expect(paid).toBeGreaterThan(Number(caching?.warmRealtime.lowUsd))
    const plain = rows.map(({ key, params }) => {
      return { key, params: { ...params, system: [{ type: 'text', text: PROSE.repeat(120) }] } }
    })
    const without = await (await half.run('two', plain)).wait()
    const extra = paid - Number(without.paidUsd)
    const { coldBatch: cold, plainBatch: other } = caching ?? expect.unreachable('none')
    expect(extra).toBeGreaterThan(Number(cold.lowUsd) - Number(other.lowUsd))
    expect(extra).toBeLessThan(Number(cold.highUsd) - Number(other.highUsd))
  })

  test('asks the provider for a sample, sends nothing else, and is narrow then', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = documents('claude-opus-5-5', 10)
    const plain = await half.estimate(rows)
    const before = claude.ledger.summary().calls
    const counted = await half.estimate(rows, { count: true })
    expect(counted).toMatchObject({
      grounds: { prompts: { type: 'counted', rows: 10, errorShare: 0.01, uncountedRows: 0 } },
      countProblem: null,
    })
    expect(claude.ledger.summary().calls).toEqual({ ...before, countTokens: 10 })
    const tokens = counted.models[0]?.promptTokens
    const width = (tokens?.high ?? 0) / (tokens?.low ?? 1)
    expect(width).toBeLessThan(1.03)
    expect(Number(counted.batch.highUsd)).toBeLessThan(Number(plain.batch.highUsd))
    const job = await half.run('one', rows)
    await job.wait()
    const lives = await Promise.all(rows.map(({ key }) => job.why(key)))
    const billed = lives.reduce(
      (sum, life) => sum + (life?.attempts[0]?.attempt.usage?.inputTokens ?? 0),
      0,
    )
    expect(billed).toBeGreaterThanOrEqual(tokens?.low ?? 0)
    expect(billed).toBeLessThanOrEqual(tokens?.high ?? 0)
  })

  test.each([
    ['is refused', { error: 'rate_limit' }],
    ['is not taken', { error: 'authentication' }],
    ['is not reached', { loseRequest: true }],
  ] as const)(
    'goes by bytes, says why, and tells no key where the count %s',
    async (_how, fault) => {
      await using claude = await startClaude()
      await using half = await openAt(claude)
      const rows = documents('claude-opus-5-5', 5)
      const plain = await half.estimate(rows)
      claude.fault('countTokens', fault)
      const fallen = await half.estimate(rows, { count: true })
      expect(fallen).toEqual({ ...plain, countProblem: expect.stringMatching(/./) })
      expect(JSON.stringify(fallen)).not.toContain(claude.connection.apiKey)
      // One call of each at once, and none is repeated.
      expect(claude.ledger.summary().calls.countTokens ?? 0).toBeLessThanOrEqual(4)
      expect(claude.ledger.posts()).toHaveLength(0)
    },
  )

  test('goes by earlier answers of the queue once there are enough, whatever process learned from them', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = documents('claude-opus-5-5', 25)
    const plain = await half.estimate(rows)
    expect(plain.grounds).toEqual({ prompts: { type: 'bytes' }, answers: { type: 'max_tokens' } })
    const job = await half.run('one', rows)
    const report = await job.wait()
    await job.wait()
    const learned = await half.estimate(rows)
    const history = { type: 'history', answers: 25 }
    expect(learned.grounds).toEqual({ prompts: history, answers: history })
    const paid = Number(report.paidUsd)
    expect(Number(learned.batch.lowUsd)).toBeGreaterThan(Number(plain.batch.lowUsd))
    expect(Number(learned.batch.lowUsd)).toBeLessThan(paid)
    expect(Number(learned.batch.highUsd)).toBeGreaterThan(paid)
    const width = Number(learned.batch.highUsd) - Number(learned.batch.lowUsd)
    expect(width).toBeLessThan((Number(plain.batch.highUsd) - Number(plain.batch.lowUsd)) / 2)
    expect((await half.estimate(rows, { queue: 'other' })).grounds).toEqual(plain.grounds)
  })

  test('goes by answers to requests of no job too, those of its queue, and by each once', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = documents('claude-opus-5-5', 25)
    const plain = await half.estimate(rows, { queue: 'triage' })
    expect(plain.grounds).toEqual({ prompts: { type: 'bytes' }, answers: { type: 'max_tokens' } })
    const queue = half.queue('triage', { flush: { count: 25, bytes: 1_000_000, ageMs: 0 } })
    await queue.enqueueAll(rows)
    let taken = 0
    await new Promise<void>((resolve) => {
      queue.onResult(() => {
        taken += 1
        if (taken === rows.length) resolve()
      })
      void half.start()
    })
    const history = { type: 'history', answers: 25 }
    for (const _again of [1, 2]) {
      const learned = await half.estimate(rows, { queue: 'triage' })
      expect(learned.grounds).toEqual({ prompts: history, answers: history })
      expect(Number(learned.batch.lowUsd)).toBeGreaterThan(Number(plain.batch.lowUsd))
    }
    expect((await half.estimate(rows, { queue: 'other' })).grounds).toEqual(plain.grounds)
    // Beside those of a job of the same queue.
    await (await half.run('one', documents('claude-opus-5-5', 30), { queue: 'triage' })).wait()
    const both = await half.estimate(rows, { queue: 'triage' })
    expect(both.grounds.prompts).toEqual({ type: 'history', answers: 55 })
  })

  test('names models without a price and is a floor then', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const { key, params } = rowOf('x', 'hello')
    const unknown = { key, params: { ...params, model: 'claude-nope-9' } }
    const estimate = await half.estimate([...rowsOf(1), unknown])
    expect(estimate).toMatchObject({ unpricedRows: 1, batch: { basis: 'floor' } })
    expect(estimate.models.map(({ model, batch }) => [model, batch.basis])).toEqual([
      ['claude-haiku-4-5', 'estimate'],
      ['claude-nope-9', 'floor'],
    ])
  })

  test('refuses rows that could not be taken', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const wrong = { key: 'x', params: { model: 'claude-haiku-4-5', max_tokens: 0, messages: [] } }
    await expect(half.estimate([wrong])).rejects.toThrow(InvalidInputError)
  })
})
