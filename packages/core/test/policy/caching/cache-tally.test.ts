import { expect, test } from 'vitest'
import type { CostRow } from '../../../src/model/cost-row.js'
import type { JobPrimer } from '../../../src/model/job-primer.js'
import type { Usage } from '../../../src/model/usage.js'
import { CacheTally } from '../../../src/policy/caching/cache-tally.js'
import { predictedReads } from '../../../src/policy/caching/predicted-reads.js'
import { PRICE_BOOK } from '../../../src/policy/money/price-book-data.js'

const NOTHING: Usage = {
  ...{ inputTokens: 0, outputTokens: 100, cacheReadTokens: 0 },
  ...{ cacheWrite5mTokens: 0, cacheWrite1hTokens: 0, webSearchRequests: 3, inferenceGeo: null },
}

// Only what is read of it.
function row(usage: Partial<Usage> | null, over: Partial<CostRow> = {}): CostRow {
  return {
    ...{ model: 'claude-opus-5', billedAt: Date.parse('2026-11-21T00:00:00Z') },
    ...{ costNano: 1, realtimeNano: 2, ...over },
    usage: usage === null ? null : { ...NOTHING, ...usage },
  } as CostRow
}

function sumsOf(...rows: readonly CostRow[]) {
  const tally = new CacheTally(PRICE_BOOK)
  for (const each of rows) tally.add(each)
  return tally.sums
}

// Opus 5 in batch: $2.50 a million tokens, $5.00 to write for an hour, $3.125 for five minutes, $0.25 to read.
test('a read saves, a write costs, and the two are told together', () => {
  const read = row({ cacheReadTokens: 1_000 })
  const written = row({ cacheWrite1hTokens: 1_000 })
  expect(sumsOf(read)).toEqual({
    ...{ readTokens: 1_000, writtenTokens: 0, savedNano: 2_250_000n, unpriced: 0 },
  })
  expect(sumsOf(written)).toMatchObject({ writtenTokens: 1_000, savedNano: -2_500_000n })
  expect(sumsOf(row({ cacheWrite5mTokens: 1_000 })).savedNano).toBe(-625_000n)
  expect(sumsOf(read, read, written).savedNano).toBe(2_000_000n)
})

test('a call saves at the prices of real time', () => {
  const call = row({ cacheReadTokens: 1_000 }, { costNano: 2 as never })
  expect(sumsOf(call).savedNano).toBe(4_500_000n)
})

test('what has no price is counted and in no sum', () => {
  const unknown = { model: 'claude-next-9' }
  const { readTokens, savedNano, unpriced } = sumsOf(row({ cacheReadTokens: 10 }, unknown))
  expect([readTokens, savedNano, unpriced]).toEqual([10, 0n, 1])
  expect(sumsOf(row({ cacheReadTokens: 10 }, { costNano: null })).unpriced).toBe(1)
})

test('what had nothing to do with a cache adds nothing', () => {
  const nothing = { readTokens: 0, writtenTokens: 0, savedNano: 0n, unpriced: 0 }
  expect(sumsOf(row(null), row({ inputTokens: 9 }, { model: 'claude-next-9' }))).toEqual(nothing)
})

test('reads are expected of those that come after a primer, and of nobody where none went', () => {
  const prefix = { model: 'm', ttl: '1h', rows: 11, tokens: { low: 1_000, high: 2_000 } } as const
  const prefixes = [
    { ...prefix, requestId: 1 as never },
    { ...prefix, requestId: 2 as never },
  ]
  const primer = (state: JobPrimer['state']) => ({ state, prefixes, requestIds: [1 as never] })
  expect(predictedReads(primer('written'))).toEqual({ low: 3_000, high: 19_600 })
  expect(predictedReads(primer('away'))).toEqual({ low: 3_000, high: 19_600 })
  expect(predictedReads(primer('cold'))).toBeNull()
  expect(predictedReads(primer('offered'))).toBeNull()
})
