import { DEFAULT_PROJECT } from '@halfrate/core'
import { extendPriceBook, PRICE_BOOK, type PriceBook, parsePriceBook } from '@halfrate/core/money'
import { describe, expect, test } from 'vitest'
import { openAt, rowOf, startClaude, temporaryStore } from './jobs/open-jobs.js'

const UNKNOWN = 'claude-mythos-5-2'
const RATES = { input: 2, output: 10, cache_write_5m: 2.5, cache_write_1h: 4, cache_read: 0.2 }
const NO_TOKENS = { input_tokens: 0, output_tokens: 0 }
const DEARER = { input: 4, output: 20, cache_write_5m: 5, cache_write_1h: 8, cache_read: 0.4 }

function bookWith(row: object): PriceBook {
  const file = { [UNKNOWN]: { ...row, source: 'our contract' } }
  return extendPriceBook(PRICE_BOOK, parsePriceBook(JSON.stringify(file), 'prices.json'))
}

function rowsOfModels(): ReturnType<typeof rowOf>[] {
  const [a, b, c] = ['a', 'b', 'c'].map((key) => rowOf(key, `row ${key}`))
  const unknown = (row: typeof a): ReturnType<typeof rowOf> => {
    const { key = '', params = {} } = row ?? {}
    return { key, params: { ...params, model: UNKNOWN } } as ReturnType<typeof rowOf>
  }
  return [unknown(a), b as ReturnType<typeof rowOf>, unknown(c)]
}

describe('reprice', () => {
  test('fills in what was not known, by the usage in the answers, and leaves what was', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    const first = await openAt(claude, { store })
    const job = await first.run('one', rowsOfModels())
    await job.wait()
    const before = await job.report()
    expect(before.unpriced).toBe(2)
    expect(await first.reprice()).toEqual({
      ...{ priced: 0, costUsd: '0.00', realtimeUsd: '0.00' },
      ...{ unpriced: 2, models: [UNKNOWN], tools: [] },
    })
    await first.close()

    await using half = await openAt(claude, { store, prices: bookWith(RATES) })
    const usages = [...claude.ledger.rows()].filter(({ model }) => model === UNKNOWN)
    const nano = usages.reduce((sum, { usage }) => {
      const { input_tokens: input, output_tokens: output } = usage ?? NO_TOKENS
      return sum + 1_000 * input + 5_000 * output
    }, 0)
    const dry = await half.reprice({ dryRun: true })
    expect(dry).toMatchObject({ priced: 2, unpriced: 0, models: [] })
    expect(Math.round(Number(dry.costUsd) * 1e9)).toBe(nano)
    expect(Math.round(Number(dry.realtimeUsd) * 1e9)).toBe(nano * 2)
    expect((await (await half.job('one')).report()).unpriced).toBe(2)

    expect(await half.reprice()).toEqual(dry)
    const after = await (await half.job('one')).report()
    expect(after.unpriced).toBe(0)
    const paid = Number(after.paidUsd) - Number(before.paidUsd)
    expect(Math.round(paid * 1e9)).toBe(nano)
    expect(await half.reprice()).toMatchObject({ priced: 0, unpriced: 0 })
  })

  test('takes the prices of the day on which the batch was made, also when others hold by now', async () => {
    await using claude = await startClaude()
    const store = temporaryStore()
    const first = await openAt(claude, { store })
    await (await first.run('one', rowsOfModels())).wait()
    const report = await first.store.report({ scope: { project: DEFAULT_PROJECT } })
    await first.close()
    const today = new Date(await claude.connection.clock.now()).toISOString().slice(0, 10)
    const later = '2999-01-01'
    const history = [
      { from: '2020-01-01', ...DEARER },
      { from: today, ...RATES },
      { from: later, ...DEARER },
    ]
    await using cheap = await openAt(claude, { store, prices: bookWith(RATES) })
    await using dated = await openAt(claude, {
      store,
      prices: bookWith({ ...DEARER, history }),
    })
    const { costUsd } = await cheap.reprice({ dryRun: true })
    expect(report.money.unpricedAttempts).toBe(2)
    expect((await dated.reprice({ dryRun: true })).costUsd).toBe(costUsd)
  })

  test('names the tool whose fee is not known, keeps what was used, and fills in the fee later', async () => {
    await using claude = await startClaude()
    claude.reply(() => ({
      content: [{ type: 'text', text: 'found' }],
      usage: {
        ...{ input_tokens: 100, output_tokens: 20 },
        server_tool_use: { web_search_requests: 2, memory_requests: 3 },
      },
    }))
    const store = temporaryStore()
    const first = await openAt(claude, { store })
    await (await first.run('one', [rowOf('a', 'look it up')])).wait()
    expect(await first.reprice()).toMatchObject({
      ...{ priced: 0, unpriced: 1, models: [], tools: ['memory_requests'] },
    })
    const { total } = await first.costs()
    expect(total).toMatchObject({ unpriced: 1, paidUsd: '0.00', webSearchRequests: 2 })
    expect(total).toMatchObject({ inputTokens: 100, outputTokens: 20 })
    await first.close()

    const tools = { memory_requests: { usd: 0.002, source: 'a price list' } }
    const file = parsePriceBook(JSON.stringify({ _tools: tools }), 'prices.json')
    await using half = await openAt(claude, { store, prices: extendPriceBook(PRICE_BOOK, file) })
    // Haiku 4.5 in batch: 100 and 20 tokens, two searches, three times the other tool.
    const paid = { priced: 1, unpriced: 0, tools: [], costUsd: '0.0261' }
    expect(await half.reprice()).toMatchObject(paid)
    expect((await half.costs()).total).toMatchObject({ unpriced: 0, paidUsd: '0.0261' })
  })

  test('refuses an option that it does not have', async () => {
    await using claude = await startClaude()
    await using half = await openAt(claude)
    await expect(half.reprice({ dry: true } as never)).rejects.toMatchObject({ code: 'config' })
  })
})
