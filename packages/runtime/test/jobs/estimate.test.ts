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
