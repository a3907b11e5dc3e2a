import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Estimate, type EstimateRow, Estimator } from '../../../src/policy/money/estimate.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { type PromptContent, promptContentOf } from '../../../src/policy/money/prompt-content.js'
import { promptTokensOf } from '../../../src/policy/money/prompt-tokens.js'
import { READ_AT } from './arrange.js'
import { PRICED_MODELS } from './exact-cost.js'

const PLAIN: PromptContent = {
  encodedBytes: 0,
  images: 0,
  documents: 0,
  fetches: false,
  hasTools: false,
  caching: null,
  isInUs: false,
}

function row(changes: Partial<EstimateRow> = {}): EstimateRow {
  return { model: 'claude-haiku-4-5', itemBytes: 4_000, maxTokens: 500, content: PLAIN, ...changes }
}

function estimate(...rows: readonly EstimateRow[]): Estimate {
  const estimator = new Estimator({ book: PRICE_BOOK, at: READ_AT })
  for (const one of rows) estimator.add(one)
  return estimator.estimate()
}

describe('an estimate', () => {
  test('lies between the prompt alone and the longest answer, at the prices of the book', () => {
    const { batch, realtime, models } = estimate(row())
    const prompt = models[0]?.promptTokens ?? { low: 0, high: 0 }
    // $0.50 and $2.50 a million in batch, twice that in real time
    expect(batch.lowNano).toBe(prompt.low * 500 + 2_500)
    expect(batch.highNano).toBe(prompt.high * 500 + 500 * 2_500)
    expect(realtime.lowNano).toBe(2 * batch.lowNano)
    expect(realtime.highNano).toBe(2 * batch.highNano)
    expect(batch.basis).toBe('estimate')
  })

  test('of nothing is exactly nothing', () => {
    expect(estimate()).toMatchObject({
      rows: 0,
      models: [],
      batch: { lowNano: 0, highNano: 0, basis: 'exact' },
      ceilingNano: 0,
    })
  })

  test('of a document of few bytes has its low end below its high one', () => {
    const document = { ...PLAIN, documents: 1, encodedBytes: 40 }
    const { low, high } = promptTokensOf({
      model: 'claude-haiku-4-5',
      itemBytes: 300,
      content: document,
    })
    expect(low).toBeLessThanOrEqual(high)
  })

  test('tells a model without a price apart, and is a floor then', () => {
    const all = estimate(row(), row({ model: 'claude-nope-9' }))
    expect(all.unpricedRows).toBe(1)
    expect(all.batch).toEqual({ ...estimate(row()).batch, basis: 'floor' })
    expect(all.models.map(({ model, unpricedRows }) => [model, unpricedRows])).toEqual([
      ['claude-haiku-4-5', 0],
      ['claude-nope-9', 1],
    ])
    expect(all.models[0]?.batch.basis).toBe('estimate')
  })

  test('is a floor where rows bring in what is not in them', () => {
    const all = estimate(row(), row({ content: { ...PLAIN, fetches: true } }))
    expect(all.openEndedRows).toBe(1)
    expect(all.batch.basis).toBe('floor')
  })

  test('takes a cached prompt at the read price below and at the write price above', () => {
    const { batch, models } = estimate(row({ content: { ...PLAIN, caching: '1h' }, maxTokens: 1 }))
    const prompt = models[0]?.promptTokens ?? { low: 0, high: 0 }
    expect(batch.lowNano).toBe(prompt.low * 50 + 2_500)
    expect(batch.highNano).toBe(prompt.high * 1_000 + 2_500)
  })

  test('takes the surcharge of a place that was asked for', () => {
    const model = 'claude-opus-5'
    const plain = estimate(row({ model })).batch.highNano
    const inUs = estimate(row({ model, content: { ...PLAIN, isInUs: true } })).batch.highNano
    expect(inUs * 10).toBe(plain * 11)
  })

  test('adds up: the same rows in any order and in any parts give the same sums', () => {
    const someRow = fc.record({
      model: fc.constantFrom(...PRICED_MODELS, 'claude-nope-9'),
      itemBytes: fc.integer({ min: 70, max: 2_000_000 }),
      maxTokens: fc.integer({ min: 1, max: 128_000 }),
      content: fc.constantFrom(null, PLAIN, { ...PLAIN, caching: '5m' as const, images: 2 }),
    })
    fc.assert(
      fc.property(fc.array(someRow, { maxLength: 12 }), (rows) => {
        const all = estimate(...rows)
        const single = rows.map((one) => estimate(one))
        expect(estimate(...rows.toReversed()).batch).toEqual(all.batch)
        for (const route of ['batch', 'realtime'] as const) {
          const low = single.reduce((sum, one) => sum + one[route].lowNano, 0)
          const high = single.reduce((sum, one) => sum + one[route].highNano, 0)
          expect(all[route]).toMatchObject({ lowNano: low, highNano: high })
          expect(low).toBeLessThanOrEqual(high)
        }
        expect(all.rows).toBe(rows.length)
      }),
    )
  })

  test('of text stays below its ceiling', () => {
    const text = fc.record({
      model: fc.constantFrom(...PRICED_MODELS),
      itemBytes: fc.integer({ min: 300, max: 2_000_000 }),
      maxTokens: fc.integer({ min: 1, max: 128_000 }),
    })
    fc.assert(
      fc.property(text, (one) => {
        const all = estimate(row(one))
        expect(all.batch.highNano).toBeLessThanOrEqual(all.ceilingNano)
      }),
    )
  })
})

describe('the tokens of a prompt', () => {
  test.each([
    ['claude-opus-4-6', 1],
    ['claude-haiku-4-5-20251001', 1],
    ['claude-3-7-sonnet-20250219', 1],
    ['claude-sonnet-4-20250514', 1],
    ['claude-opus-4-0', 1],
    ['claude-opus-4-7', 1.3],
    ['claude-haiku-5-5', 1.3],
    ['claude-sonnet-5', 1.3],
    ['claude-mythos-preview', 1.3],
    ['something-else', 1.3],
  ])('are counted for %s at %s times the older tokenizer', (model, scale) => {
    const { low } = promptTokensOf({ model, itemBytes: 45_000_000, content: PLAIN })
    expect(low / 10_000_000).toBeCloseTo(scale, 3)
  })

  test('hold a page of English, of German and of Chinese', () => {
    const itemBytes = 3_150
    // About 700, 900 and 1,200 tokens by the older tokenizer.
    const { low, high } = promptTokensOf({ model: 'claude-opus-4-6', itemBytes, content: PLAIN })
    expect(low).toBeLessThan(700)
    expect(high).toBeGreaterThan(1_200)
  })

  test('take no base64 for text', () => {
    const itemBytes = 1_000_000
    const picture = { ...PLAIN, encodedBytes: 999_000, images: 1 }
    const { low, high } = promptTokensOf({ model: 'claude-opus-5', itemBytes, content: picture })
    expect(low).toBeLessThan(1_000)
    expect(high).toBeLessThan(10_000)
    expect(high).toBeGreaterThan(4_800)
  })
})

describe('what a prompt holds', () => {
  const bytesOf = (params: unknown): Uint8Array =>
    new TextEncoder().encode(JSON.stringify(params).slice(1, -1))
  const contentOf = (params: unknown, shared?: unknown): PromptContent =>
    promptContentOf({
      body: bytesOf(params),
      prefix: shared === undefined ? null : { bytes: bytesOf(shared) },
    })
  const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' }

  test('is told of plain text', () => {
    expect(contentOf({ messages: [{ role: 'user', content: 'Hi' }] })).toEqual(PLAIN)
  })

  test('is not mistaken for what the text talks about', () => {
    const content =
      '{"type":"image","cache_control":{"ttl":"1h"},"tools":[{}],"inference_geo":"us"}'
    expect(contentOf({ messages: [{ role: 'user', content }] })).toEqual(PLAIN)
  })

  test('counts pictures and documents and the bytes of both', () => {
    const content = [
      { type: 'image', source },
      { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
      { type: 'document', source: { ...source, media_type: 'application/pdf' } },
    ]
    expect(contentOf({ messages: [{ role: 'user', content }] })).toEqual({
      ...PLAIN,
      encodedBytes: 24,
      images: 2,
      documents: 1,
      fetches: true,
    })
  })

  test('is found in the shared members too', () => {
    const shared = {
      system: [
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
      tools: [{ type: 'web_search_20260209', name: 'web_search' }],
      inference_geo: 'us',
    }
    expect(contentOf({ messages: [] }, shared)).toEqual({
      ...PLAIN,
      fetches: true,
      hasTools: true,
      caching: '1h',
      isInUs: true,
    })
  })
})
