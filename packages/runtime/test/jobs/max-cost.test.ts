import { ConfigError } from '@halfrate/core'
import { describe, expect, test } from 'vitest'
import { BudgetReachedError } from '../../src/index.js'
import { answersTo, listOf, openAt, rowOf, rowsOf, startClaude, textsOf } from './open-jobs.js'

// One of these rows can cost about a tenth of a cent, and costs about a hundredth of that.
const TWO_AT_A_TIME = '0.002'
const LESS_THAN_ONE = '0.0001'

describe('a job with maxCostUsd', () => {
  test('sends what fits at a time until all is answered, and its report says what was used', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const rows = rowsOf(5)
    const job = await half.run('one', rows, { maxCostUsd: TWO_AT_A_TIME })
    expect(await textsOf(job.results())).toEqual(answersTo(rows))
    const { budget, paidUsd } = await job.report()
    const used = { usedUsd: paidUsd, isStopped: false, neededUsd: null }
    expect(budget).toEqual({ maxCostUsd: TWO_AT_A_TIME, ...used })
    expect(claude.ledger.posts().length).toBeGreaterThan(1)
  })

  test('gives what is answered and then throws, when nothing more fits; a higher cap goes on', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const first = await half.run('one', rowsOf(1))
    await first.wait()
    const job = await half.run('one', rowsOf(3), { maxCostUsd: LESS_THAN_ONE })
    const seen: string[] = []
    const reading = async (): Promise<void> => {
      for await (const { key } of job.results()) seen.push(key)
    }
    await expect(reading()).rejects.toBeInstanceOf(BudgetReachedError)
    expect(seen).toEqual(['r1'])
    await expect(job.wait()).rejects.toMatchObject({
      ...{ code: 'budget_reached', maxCostUsd: LESS_THAN_ONE },
      neededUsd: expect.stringMatching(/^0\.00\d+$/),
      nextStep: expect.stringContaining('higher maxCostUsd'),
    })
    expect(await job.report()).toMatchObject({ waiting: 2, budget: { isStopped: true } })
    const same = await half.run('one', rowsOf(3))
    await expect(same.wait()).rejects.toBeInstanceOf(BudgetReachedError)
    const more = await half.run('one', rowsOf(3), { maxCostUsd: '1' })
    expect(await textsOf(more.results())).toEqual(answersTo(rowsOf(3)))
  })

  test('has none any more after null', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await half.run('one', rowsOf(2), { maxCostUsd: LESS_THAN_ONE, start: false })
    const job = await half.run('one', rowsOf(2), { maxCostUsd: null })
    expect(await listOf(job.results())).toHaveLength(2)
    expect((await job.report()).budget).toBeNull()
  })

  test('takes no rows in whose price is not known, or of which not even the low end fits', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    const unpriced = {
      ...rowOf('a', 'x'),
      params: { ...rowOf('a', 'x').params, model: 'claude-next' },
    }
    const taking = half.run('one', [unpriced], { maxCostUsd: '20' })
    await expect(taking).rejects.toThrow(ConfigError)
    await expect(taking).rejects.toThrow('there is no price for "claude-next"')
    await expect(half.run('two', rowsOf(9), { maxCostUsd: '0.000001' })).rejects.toThrow(
      /maxCostUsd 0\.000001: 9 new rows cost \S+ in batch at the very least/,
    )
    for (const name of ['one', 'two']) {
      await expect(half.job(name)).rejects.toThrow('there is no job')
    }
    expect(claude.ledger.billed()).toEqual([])
  })
})
