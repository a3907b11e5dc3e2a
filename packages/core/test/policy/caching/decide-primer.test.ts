import { describe, expect, test } from 'vitest'
import type { EpochMs, RequestId } from '../../../src/index.js'
import type { SharedPrefix } from '../../../src/model/job-primer.js'
import { decidePrimer, type PrimerFacts } from '../../../src/policy/caching/decide-primer.js'
import { priceBookOf } from '../../../src/policy/money/price-book.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'

const AT = Date.parse('2026-11-21T00:00:00Z') as EpochMs
const ONE = 1 as RequestId
const TWO = 2 as RequestId

// A million tokens of Opus 5 in batch: $5.00 to write for an hour, $0.25 to read.
const PREFIX: SharedPrefix = {
  requestId: ONE,
  model: 'claude-opus-5',
  rows: 101,
  ttl: '1h',
  tokens: { low: 10_000, high: 20_000 },
}

const FACTS: PrimerFacts = {
  prefixes: [PREFIX],
  hasCanary: false,
  chance: 1,
  leavesTime: true,
  book: PRICE_BOOK,
  at: AT,
}

const withPrefix = (over: Partial<SharedPrefix>): PrimerFacts => ({
  ...FACTS,
  prefixes: [{ ...PREFIX, ...over }],
})

describe('a primer', () => {
  test('pays by what each row that finds the prefix reads instead of writing it', () => {
    // 100 rows, of which 64 find 10,000 tokens at $0.0025 instead of $0.05.
    const savingNano = 64 * (50_000_000 - 2_500_000)
    expect(decidePrimer(FACTS)).toEqual({ type: 'prime', requestIds: [ONE], savingNano })
  })

  test('is held against the delay by how likely it is back in time', () => {
    expect(decidePrimer({ ...FACTS, chance: 0.5 })).toMatchObject({
      type: 'prime',
      savingNano: 32 * (50_000_000 - 2_500_000),
    })
  })

  test.each<[string, PrimerFacts, string]>([
    ['where nothing is shared', { ...FACTS, prefixes: [] }, 'not_shared'],
    ['for one row', withPrefix({ rows: 1 }), 'not_shared'],
    ['for a cache of five minutes', withPrefix({ ttl: '5m' }), 'five_minutes'],
    [
      'for less than the model caches',
      withPrefix({ tokens: { low: 511, high: 9_000 } }),
      'too_short',
    ],
    [
      'for less than another model caches',
      withPrefix({ model: 'claude-haiku-4-5', tokens: { low: 4_095, high: 9_000 } }),
      'too_short',
    ],
    ['for a model without a price', withPrefix({ model: 'claude-next-9' }), 'unknown_price'],
    [
      'where a read costs what a write does',
      {
        ...FACTS,
        book: priceBookOf({
          readOn: null,
          rows: PRICE_BOOK.rows.map((row) => ({
            ...row,
            rates: { ...row.rates, cacheRead: row.rates.cacheWrite1h },
          })),
        }),
      },
      'no_saving',
    ],
    ['where the first rows go alone anyway', { ...FACTS, hasCanary: true }, 'canary'],
    ['that is likely not back in time', { ...FACTS, chance: 0.49 }, 'slow'],
    ['that would make the rest late', { ...FACTS, leavesTime: false }, 'deadline'],
  ])('is none %s', (_, facts, reason) => {
    expect(decidePrimer(facts)).toMatchObject({ type: 'cold', reason })
  })

  test.each([
    ['claude-opus-5', 512],
    ['claude-sonnet-5', 1_024],
    ['claude-haiku-4-5', 4_096],
  ])('of %s goes from %i tokens on', (model, low) => {
    const facts = withPrefix({ model, tokens: { low, high: low } })
    expect(decidePrimer(facts).type).toBe('prime')
  })

  test('goes for two rows already, since the second then reads', () => {
    expect(decidePrimer(withPrefix({ rows: 2 })).type).toBe('prime')
  })

  test('is a row for each prefix that pays, and for no other', () => {
    const short = { ...PREFIX, requestId: TWO, tokens: { low: 100, high: 200 } }
    expect(decidePrimer({ ...FACTS, prefixes: [PREFIX, short] })).toMatchObject({
      requestIds: [ONE],
    })
    const other = { ...PREFIX, requestId: TWO }
    const savingNano = 2 * 64 * (50_000_000 - 2_500_000)
    expect(decidePrimer({ ...FACTS, prefixes: [PREFIX, other] })).toEqual({
      type: 'prime',
      requestIds: [ONE, TWO],
      savingNano,
    })
  })

  test('says of what it would have saved where only the time is short', () => {
    expect(decidePrimer({ ...FACTS, leavesTime: false })).toMatchObject({
      savingNano: 64 * (50_000_000 - 2_500_000),
    })
    expect(decidePrimer(withPrefix({ rows: 1 }))).toMatchObject({ savingNano: null })
  })
})
