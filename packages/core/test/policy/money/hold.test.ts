import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf } from '../../../src/policy/money/cost.js'
import { holdOf } from '../../../src/policy/money/hold.js'
import { priceOf } from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import type { PromptContent } from '../../../src/policy/money/prompt-content.js'
import { promptTokensOf } from '../../../src/policy/money/prompt-tokens.js'
import { READ_AT, usage } from './arrange.js'
import { PRICED_MODELS } from './exact-cost.js'

const NO_CONTENT: PromptContent = {
  ...{ encodedBytes: 0, images: 0, documents: 0, fetches: false, hasTools: false },
  ...{ caching: null, isInUs: false },
}

function hold(model: string, itemBytes: number, maxTokens: number): number | null {
  return holdOf({ model, itemBytes, maxTokens, at: READ_AT, book: PRICE_BOOK })
}

describe('a hold', () => {
  test('takes every byte for a token written to the one-hour cache in the US, and the whole answer', () => {
    // $5.00 and $12.50 a million in batch, and a tenth more
    expect(hold('claude-opus-5', 1_000, 100)).toBe(((1_000 * 5_000 + 100 * 12_500) * 11) / 10)
  })

  test('leaves the surcharge out where the model offers no place', () => {
    expect(hold('claude-haiku-4-5', 1_000, 100)).toBe(1_000 * 1_000 + 100 * 2_500)
  })

  test('counts no more prompt than the context window holds', () => {
    expect(hold('claude-haiku-4-5', 9_000_000, 0)).toBe(hold('claude-haiku-4-5', 200_000, 0))
  })

  test('takes the dearer tier as soon as the prompt could reach it', () => {
    expect(hold('claude-haiku-5-5', 100_000, 0)).toBe(100_000 * 110)
    expect(hold('claude-haiku-5-5', 100_001, 0)).toBe((100_001 * 1_000_000 * 11) / 20_000)
  })

  test('is null when the price is unknown', () => {
    expect(hold('claude-nope-9', 1, 1)).toBeNull()
    expect(hold('claude-mythos-5-2', 1, 1)).toBeNull()
  })

  test('is never less than what text of that size can cost in batch', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    const model = fc.constantFrom(...PRICED_MODELS)
    const geo = fc.constantFrom(null, 'us')
    fc.assert(
      fc.property(
        model,
        fc.integer({ min: 100, max: 1_500_000 }),
        fc.integer({ min: 1, max: 128_000 }),
        fc.tuple(share, share, share, share, share),
        geo,
        (m, itemBytes, maxTokens, [prompt, a, b, c, answer], inferenceGeo) => {
          const window = priceOf(PRICE_BOOK, m, READ_AT)?.contextTokens ?? itemBytes
          let left = Math.floor(Math.min(itemBytes, window) * prompt)
          const take = (part: number): number => {
            const tokens = Math.floor(left * part)
            left -= tokens
            return tokens
          }
          const used = usage({
            cacheReadTokens: take(a),
            cacheWrite5mTokens: take(b),
            cacheWrite1hTokens: take(c),
            inputTokens: left,
            outputTokens: Math.floor(maxTokens * answer),
            inferenceGeo,
          })
          const paid = costOf({
            usage: used,
            model: m,
            route: 'batch',
            at: READ_AT,
            book: PRICE_BOOK,
          })
          expect(hold(m, itemBytes, maxTokens)).toBeGreaterThanOrEqual(paid ?? Number.NaN)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('has room for what the provider puts before tools by itself, however small the request', () => {
    const content = { ...NO_CONTENT, hasTools: true }
    for (const model of PRICED_MODELS) {
      for (let itemBytes = 200; itemBytes <= 5_000; itemBytes += 10) {
        const { high } = promptTokensOf({ model, itemBytes, content })
        const used = usage({ inputTokens: Math.ceil(high), outputTokens: 1, inferenceGeo: 'us' })
        const by = { model, route: 'batch', at: READ_AT, book: PRICE_BOOK } as const
        const paid = costOf({ usage: used, ...by }) ?? Number.NaN
        expect(hold(model, itemBytes, 1), `${model} ${itemBytes}`).toBeGreaterThanOrEqual(paid)
      }
    }
  })
})
