import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NanoUsd } from '../../../src/model/money.js'
import type { Usage } from '../../../src/model/usage.js'
import { type CostFacts, costOf, savedOf } from '../../../src/policy/money/cost.js'
import { type PriceBook, priceBookOf } from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'
import { noon, READ_AT, usage } from './arrange.js'
import { exactCost, PRICED_MODELS, toNano } from './exact-cost.js'

function cost(used: Partial<Usage>, facts: Partial<CostFacts> = {}): number | null {
  return costOf({
    usage: usage(used),
    model: 'claude-opus-5',
    route: 'batch',
    at: READ_AT,
    book: PRICE_BOOK,
    ...facts,
  })
}

const MILLION = 1_000_000
const USD = 1_000_000_000

describe('the cost of an answer', () => {
  test('by Opus 5 in batch is $2.50, $3.125, $5.00, $0.25 and $12.50 a million tokens', () => {
    expect(cost({ inputTokens: MILLION })).toBe(2.5 * USD)
    expect(cost({ cacheWrite5mTokens: MILLION })).toBe(3.125 * USD)
    expect(cost({ cacheWrite1hTokens: MILLION })).toBe(5 * USD)
    expect(cost({ cacheReadTokens: MILLION })).toBe(0.25 * USD)
    expect(cost({ outputTokens: MILLION })).toBe(12.5 * USD)
  })

  test('is twice as much in real time', () => {
    expect(cost({ inputTokens: MILLION }, { route: 'realtime' })).toBe(5 * USD)
    expect(cost({ outputTokens: 1 }, { route: 'realtime' })).toBe(25_000)
  })

  test('is a tenth more in the US on models from 4.6 on, and the same elsewhere', () => {
    const tokens = { inputTokens: MILLION }

    expect(cost({ ...tokens, inferenceGeo: 'us' })).toBe(2.75 * USD)
    expect(cost({ ...tokens, inferenceGeo: 'us' }, { model: 'claude-opus-4-6' })).toBe(2.75 * USD)
    expect(cost({ ...tokens, inferenceGeo: 'us' }, { model: 'claude-opus-4-5' })).toBe(2.5 * USD)
    expect(cost({ ...tokens, inferenceGeo: 'global' })).toBe(2.5 * USD)
    expect(cost({ ...tokens, inferenceGeo: 'not_available' })).toBe(2.5 * USD)
  })

  test('counts web searches in full, in batch and in the US too', () => {
    expect(cost({ webSearchRequests: 1_000 })).toBe(10 * USD)
    expect(cost({ webSearchRequests: 1, inferenceGeo: 'us' })).toBe(0.01 * USD)
  })

  test('of cache reads follows the day', () => {
    const model = 'claude-sonnet-5-5'
    const at = (day: string): number | null =>
      cost({ cacheReadTokens: MILLION }, { model, at: noon(day), route: 'realtime' })

    expect(at('2026-09-01')).toBe(0.2 * USD)
    expect(at('2026-10-06')).toBe(0.2 * USD)
    expect(at('2026-10-07')).toBe(0.1 * USD)
    expect(at('2026-11-21')).toBe(0.1 * USD)
  })

  test('is rounded half up once, at the end', () => {
    const row = { ...base(), rates: { ...base().rates, input: 1_000, output: 1 } }
    const book = priceBookOf({ readOn: null, rows: [row] })
    const facts = { model: 'm', book, route: 'realtime' as const }

    expect(cost({ outputTokens: 499 }, facts)).toBe(0)
    expect(cost({ outputTokens: 500 }, facts)).toBe(1)
    expect(cost({ outputTokens: 999 }, { ...facts, route: 'batch' })).toBe(0)
    expect(cost({ outputTokens: 1_000 }, { ...facts, route: 'batch' })).toBe(1)
    expect(cost({ inputTokens: 1, outputTokens: 499 }, facts)).toBe(1)
  })

  test('of nothing is 0', () => {
    expect(cost({})).toBe(0)
  })
})

describe('a long prompt to Haiku 5.5', () => {
  const model = 'claude-haiku-5-5'

  test.each([
    [99_999, 0.05, 0.25],
    [100_000, 0.05, 0.25],
    [100_001, 0.25, 1.25],
  ])(
    'of %i tokens costs $%f a million in batch, and $%f for the answer',
    (tokens, input, output) => {
      const wanted = Math.round((tokens * input + 1_000 * output) * 1_000)

      expect(cost({ inputTokens: tokens, outputTokens: 1_000 }, { model })).toBe(wanted)
    },
  )

  test.each([
    'inputTokens',
    'cacheReadTokens',
    'cacheWrite5mTokens',
    'cacheWrite1hTokens',
  ] as const)('counts %s, and makes every token dearer', (name) => {
    const answer = { outputTokens: MILLION }
    const below = cost({ ...answer, [name]: 100_000 }, { model }) ?? 0
    const above = cost({ ...answer, [name]: 100_001 }, { model }) ?? 0

    expect(above - below).toBeGreaterThan(USD)
  })

  test('is not reached by a long answer or by many searches', () => {
    const used = { outputTokens: MILLION, webSearchRequests: 200_000 }

    expect(cost({ ...used, inputTokens: 1 }, { model })).toBe(0.25 * USD + 2_000 * USD + 50)
  })
})

describe('every step of the built-in prices', () => {
  const steps = PRICE_BOOK.rows.flatMap(({ id, above }) =>
    above === null ? [] : [[id, above.promptTokens, above.rates] as const],
  )
  const parts = ['inputTokens', 'cacheReadTokens', 'cacheWrite5mTokens', 'cacheWrite1hTokens']

  test('is one that the tests know of', () => {
    expect(steps.map(([id, tokens]) => [id, tokens])).toEqual([['claude-haiku-5-5', 100_000]])
  })

  test.each(steps)('that of %s lies behind %i tokens, however they are made up', (model, edge) => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(edge), { minLength: 3, maxLength: 3 }),
        fc.nat(3),
        fc.record({
          route: fc.constantFrom('batch' as const, 'realtime' as const),
          inferenceGeo: fc.constantFrom(null, 'us'),
          outputTokens: fc.nat(1_000),
          webSearchRequests: fc.nat(2),
        }),
        (cuts, odd, { route, ...rest }) => {
          const [a = 0, b = 0, c = 0] = cuts.toSorted((x, y) => x - y)
          const sizes = [a, b - a, c - b, edge - c]
          const prompt = parts.map((name, part) => [name, sizes[part] ?? 0])
          const at: Partial<Usage> = { ...rest, ...Object.fromEntries(prompt) }
          const behind = { ...at, [parts[odd] ?? '']: (sizes[odd] ?? 0) + 1 }
          const isUsDearer = rest.inferenceGeo === 'us'
          const exact = (used: Partial<Usage>): number =>
            toNano(exactCost({ usage: usage(used), model, route, isUsDearer }))

          expect(cost(at, { model, route })).toBe(exact(at))
          expect(cost(behind, { model, route })).toBe(exact(behind))
          const tokens = { webSearchRequests: 0 }
          const before = cost({ ...at, ...tokens }, { model, route }) ?? 0
          expect(cost({ ...behind, ...tokens }, { model, route })).toBeGreaterThan(before * 4)
        },
      ),
    )
  })
})

describe('an unknown price', () => {
  test('is null for a model that nobody knows, and for one whose price nobody knows', () => {
    expect(cost({ inputTokens: 1 }, { model: 'claude-nope-9' })).toBeNull()
    expect(cost({ inputTokens: 1 }, { model: 'claude-mythos-5-2' })).toBeNull()
    expect(cost({}, { model: 'claude-nope-9' })).toBeNull()
  })

  test('is null for tokens of a class without a rate, and only when there are some', () => {
    const row = { ...base(), rates: { ...base().rates, cacheRead: null } }
    const book = priceBookOf({ readOn: null, rows: [row] })

    expect(cost({ inputTokens: 2_000 }, { model: 'm', book })).toBe(1)
    expect(cost({ inputTokens: 2_000, cacheReadTokens: 1 }, { model: 'm', book })).toBeNull()
  })

  test('is null for a place whose surcharge nobody knows', () => {
    expect(cost({ inputTokens: 1, inferenceGeo: 'moon' })).toBeNull()
  })

  test('is null for an amount that money can not hold', () => {
    expect(cost({ outputTokens: Number.MAX_SAFE_INTEGER })).toBeNull()
  })
})

describe('any cost', () => {
  const tokens = fc.oneof(
    fc.nat(1_000),
    fc.nat(200_000),
    fc.nat(2_000_000),
    // Around the sums that doubles no longer hold exactly, and far beyond.
    fc.nat(20_000_000),
    fc.integer({ min: 0, max: 20_000_000_000 }),
    fc.constantFrom(99_999, 100_000, 100_001),
  )
  const used: fc.Arbitrary<Usage> = fc.record({
    inputTokens: tokens,
    outputTokens: tokens,
    cacheReadTokens: tokens,
    cacheWrite5mTokens: tokens,
    cacheWrite1hTokens: tokens,
    webSearchRequests: fc.nat(20),
    inferenceGeo: fc.constantFrom(null, 'global', 'us'),
  })
  const model = fc.constantFrom(...PRICED_MODELS)
  const route = fc.constantFrom('batch' as const, 'realtime' as const)

  test('is the exact value of the printed list, rounded half up', () => {
    fc.assert(
      fc.property(used, model, route, (u, m, r) => {
        const isUsDearer = u.inferenceGeo === 'us' && isFrom46On(m)
        const exact = exactCost({ usage: u, model: m, route: r, isUsDearer })
        expect(cost(u, { model: m, route: r })).toBe(toNano(exact))
      }),
      { numRuns: 2_000 },
    )
  })

  test('adds up: parts differ from the whole by their roundings at most', () => {
    const flat = fc.constantFrom(...PRICED_MODELS.filter((m) => m !== 'claude-haiku-5-5'))
    const geo = fc.constantFrom('us', null)
    fc.assert(
      fc.property(
        fc.array(used, { maxLength: 20 }),
        flat,
        route,
        geo,
        (parts, m, r, inferenceGeo) => {
          const same = parts.map((part) => ({ ...part, inferenceGeo }))
          const whole = same.reduce(sum, usage({ inferenceGeo }))
          const costs = same.map((part) => cost(part, { model: m, route: r }) ?? Number.NaN)
          const added = costs.reduce((a, b) => a + b, 0)
          const difference = Math.abs(added - (cost(whole, { model: m, route: r }) ?? Number.NaN))
          expect(difference).toBeLessThanOrEqual((parts.length + 1) / 2)
        },
      ),
    )
  })

  test('is the same in whatever order rounded costs are added up', () => {
    const facts = fc.record({ used, model, route })
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (rows, keys) => {
        const costs = rows.map(({ used, ...by }) => cost(used, by) ?? 0)
        const shuffled = costs
          .map((nano) => ({ nano, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
        const exact = costs.reduce((sum, nano) => sum + BigInt(nano), 0n)

        expect(costs.reduce((sum, nano) => sum + nano, 0)).toBe(Number(exact))
        expect(shuffled.reduce((sum, { nano }) => sum + nano, 0)).toBe(Number(exact))
      }),
    )
  })

  test('never falls when a token is added', () => {
    fc.assert(
      fc.property(used, model, route, (u, m, r) => {
        const more = cost({ ...u, inputTokens: u.inputTokens + 1 }, { model: m, route: r })
        expect(more).toBeGreaterThanOrEqual(cost(u, { model: m, route: r }) ?? Number.NaN)
      }),
    )
  })
})

describe('what was saved', () => {
  test('is the real-time price less what was paid, also when that is negative', () => {
    const nano = (value: number): NanoUsd => value as NanoUsd

    expect(savedOf(nano(3), nano(8))).toBe(5)
    expect(savedOf(nano(8), nano(3))).toBe(-5)
    expect(savedOf(null, nano(3))).toBeNull()
    expect(savedOf(nano(3), null)).toBeNull()
  })
})

function sum(a: Usage, b: Usage): Usage {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWrite5mTokens: a.cacheWrite5mTokens + b.cacheWrite5mTokens,
    cacheWrite1hTokens: a.cacheWrite1hTokens + b.cacheWrite1hTokens,
    webSearchRequests: a.webSearchRequests + b.webSearchRequests,
    inferenceGeo: a.inferenceGeo,
  }
}

const BEFORE_46 = [
  'claude-opus-4-5-20251101',
  'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5-20251001',
  'claude-opus-4-1-20250805',
  'claude-opus-4-20250514',
  'claude-sonnet-4-20250514',
]

function isFrom46On(model: string): boolean {
  return !BEFORE_46.includes(model) && !model.startsWith('claude-3-')
}

function base(): PriceBook['rows'][number] {
  return {
    id: 'm',
    aliases: [],
    rates: { input: 1, output: 1, cacheWrite5m: 1, cacheWrite1h: 1, cacheRead: 1 },
    above: null,
    changes: [],
    hasUsGeo: false,
    contextTokens: null,
    maxOutputTokens: null,
    releasedOn: null,
    retiresOn: null,
    source: 'made up',
    confidence: null,
  }
}
