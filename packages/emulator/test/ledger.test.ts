import { costNanoUsd, type PriceTable, type WireUsage } from '@halfrate/emulator/model'
import { describe, expect, test } from 'vitest'
import { batchOf, HOUR, items, modelWith, NOW, params } from './arrange.js'

// USD per million tokens, as published for these models in November 2026.
const PRICES: PriceTable = {
  'claude-haiku-5-5': {
    input: 0.1,
    output: 0.5,
    cache_write_5m: 0.125,
    cache_write_1h: 0.2,
    cache_read: 0.01,
    batch_input: 0.05,
    batch_output: 0.25,
    batch_cache_write_5m: 0.0625,
    batch_cache_write_1h: 0.1,
    batch_cache_read: 0.005,
    tier: {
      threshold_prompt_tokens: 100_000,
      above: {
        input: 0.5,
        output: 2.5,
        cache_write_5m: 0.625,
        cache_write_1h: 1,
        cache_read: 0.05,
        batch_input: 0.25,
        batch_output: 1.25,
        batch_cache_write_5m: 0.3125,
        batch_cache_write_1h: 0.5,
        batch_cache_read: 0.025,
      },
    },
  },
  'claude-haiku-4-5-20251001': {
    input: 1,
    output: 5,
    cache_write_5m: 1.25,
    cache_write_1h: 2,
    cache_read: 0.1,
    batch_input: 0.5,
    batch_output: 2.5,
    batch_cache_write_5m: 0.625,
    batch_cache_write_1h: 1,
    batch_cache_read: 0.05,
  },
  'claude-mythos-5-2': {
    input: null,
    output: null,
    cache_write_5m: null,
    cache_write_1h: null,
    cache_read: null,
    batch_input: null,
    batch_output: null,
    batch_cache_write_5m: null,
    batch_cache_write_1h: null,
    batch_cache_read: null,
  },
}

function usage(extra: Partial<WireUsage> = {}): WireUsage {
  return {
    input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: null,
    output_tokens: 0,
    service_tier: 'batch',
    inference_geo: 'global',
    ...extra,
  }
}

describe('what a success costs', () => {
  const haiku = (extra: Partial<WireUsage>): bigint | null =>
    costNanoUsd(usage(extra), 'claude-haiku-5-5', PRICES)

  test('every kind of token has its batch price', () => {
    expect(haiku({ input_tokens: 1_000 })).toBe(50_000n)
    expect(haiku({ output_tokens: 1_000 })).toBe(250_000n)
    expect(haiku({ cache_read_input_tokens: 1_000 })).toBe(5_000n)
    const written = { ephemeral_5m_input_tokens: 1_000, ephemeral_1h_input_tokens: 2_000 }
    expect(haiku({ cache_creation_input_tokens: 3_000, cache_creation: written })).toBe(262_500n)
  })

  test('real time costs twice as much', () => {
    expect(haiku({ input_tokens: 1_000, service_tier: 'standard' })).toBe(100_000n)
  })

  test('above 100,000 tokens of prompt, everything about that request is dearer', () => {
    expect(haiku({ input_tokens: 100_000, output_tokens: 10 })).toBe(5_002_500n)
    expect(haiku({ input_tokens: 100_001, output_tokens: 10 })).toBe(25_012_750n)
    expect(haiku({ input_tokens: 1, cache_read_input_tokens: 100_000 })).toBe(2_500_250n)
  })

  test('processing in the US costs a tenth more, rounded half up once', () => {
    // 1 token at 50 nano-dollars, and a tenth; then 1 read at 5, which makes 5.5.
    expect(haiku({ input_tokens: 1, inference_geo: 'us' })).toBe(55n)
    expect(haiku({ cache_read_input_tokens: 1, inference_geo: 'us' })).toBe(6n)
  })

  test('searches cost a cent each', () => {
    expect(haiku({ server_tool_use: { web_search_requests: 3 } })).toBe(30_000_000n)
  })

  test('tools cost what the table says of the day, and else the list price', () => {
    const searched = { server_tool_use: { web_search_requests: 2, web_fetch_requests: 9 } }
    const history = [
      { from: '2026-01-01', usd: 0.01 },
      { from: '2026-12-01', usd: 0.02, batch_usd: 0.015 },
    ]
    const prices = { ...PRICES, _tools: { web_search_requests: { usd: 0.02, history } } }
    const cost = (at: string): bigint | null =>
      costNanoUsd(usage(searched), 'claude-haiku-4-5-20251001', prices, Date.parse(at))
    const nothing = haiku({}) ?? 0n
    expect((cost('2026-11-30') ?? 0n) - nothing).toBe(20_000_000n)
    expect((cost('2026-12-01') ?? 0n) - nothing).toBe(30_000_000n)
    expect((haiku(searched) ?? 0n) - nothing).toBe(20_000_000n)
    expect(haiku({ server_tool_use: { memory_requests: 1 } })).toBeNull()
  })

  test('an unknown price is null, never zero', () => {
    expect(costNanoUsd(usage({ input_tokens: 1 }), 'claude-mythos-5-2', PRICES)).toBeNull()
    expect(costNanoUsd(usage({ input_tokens: 1 }), 'claude-unheard-of', PRICES)).toBeNull()
    expect(costNanoUsd(usage({ input_tokens: 1 }), '_meta', { _meta: { unit: 'USD' } })).toBeNull()
  })

  test('sums far beyond a safe integer stay exact', () => {
    expect(haiku({ output_tokens: 9_007_199_254_740_991 })).toBe(2_251_799_813_685_247_750n)
  })
})

describe('the ledger', () => {
  test('bills successes only, once their batch has ended, and no stranger', () => {
    const model = modelWith({ prices: PRICES })
    model.fault('row', { outcome: 'errored', times: 1 })
    model.addForeignBatch({ now: NOW, count: 5 })
    const { id } = batchOf(model.create({ now: NOW, items: items(4) }))
    expect(model.ledger.billed(NOW)).toEqual([])
    const billed = model.ledger.billed(NOW + HOUR)
    expect(billed.map((row) => [row.batchId, row.customId])).toEqual([
      [id, 'r1'],
      [id, 'r2'],
      [id, 'r3'],
    ])
    const summary = model.ledger.summary(NOW + HOUR)
    expect(summary).toMatchObject({
      posts: 1,
      accepted: 1,
      rows: { succeeded: 3, errored: 1 },
      unpriced: 0,
    })
    expect(summary.nanoUsd).toBe(billed.reduce((sum, row) => sum + (row.nanoUsd ?? 0n), 0n))
  })

  test('bills exactly what the result file says', () => {
    const model = modelWith()
    const { id } = batchOf(model.create({ now: NOW, items: items(3) }))
    const file = model.results({ now: NOW + HOUR, id })
    const lines = file.type === 'lines' ? [...file.lines] : []
    const told = lines.map((line) => JSON.parse(line).result.message.usage.output_tokens as number)
    const booked = model.ledger.billed(NOW + HOUR).map((row) => row.usage?.output_tokens)
    expect(booked.sort()).toEqual(told.sort())
  })

  test('bills a real-time message, also if its answer is lost, and none that was refused', () => {
    const model = modelWith({ prices: PRICES })
    model.fault('message', { loseResponse: true, times: 1 })
    model.fault('message', { error: 'overloaded', times: 1 })
    model.createMessage({ now: NOW, body: params() })
    model.createMessage({ now: NOW, body: params() })
    model.createMessage({ now: NOW, body: params({ messages: undefined }) })
    expect(model.ledger.billed(NOW)).toMatchObject([
      { route: 'realtime', batchId: null, usage: { service_tier: 'standard' } },
    ])
  })

  test('counts unknown prices instead of guessing', () => {
    const model = modelWith({ prices: PRICES })
    const item = { customId: 'a', params: params({ model: 'claude-mythos-5-2' }) }
    model.create({ now: NOW, items: [item] })
    expect(model.ledger.summary(NOW + HOUR)).toMatchObject({ unpriced: 1, nanoUsd: 0n })
    expect(modelWith().ledger.summary(NOW).nanoUsd).toBeNull()
  })

  test('tells listeners what happens', () => {
    const model = modelWith()
    const heard: string[] = []
    const stop = model.ledger.subscribe((event) => heard.push(event.type))
    const { id } = batchOf(model.create({ now: NOW, items: items(1) }))
    model.delete({ now: NOW + HOUR, id })
    model.createMessage({ now: NOW + HOUR, body: params() })
    stop()
    model.create({ now: NOW + HOUR, items: items(1) })
    expect(heard).toEqual(['post', 'accepted', 'deleted', 'message'])
  })
})
