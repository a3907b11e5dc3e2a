import type { PriceRates, PriceRow, PriceTable } from './cost.js'

type Row = readonly [id: string, input: number, output: number, cacheRead: number]

// USD per million tokens in real time. Cache writes are 1.25 and 2 times the input, a batch is half of everything.
// Source: the provider's price list, read 2026-11-21.
const ROWS: readonly Row[] = [
  ['claude-fable-5-2', 8, 40, 0.2],
  ['claude-fable-5-1', 10, 50, 0.25],
  ['claude-mythos-5-1', 10, 50, 0.25],
  ['claude-fable-5', 10, 50, 1],
  ['claude-mythos-5', 10, 50, 1],
  ['claude-opus-5-5', 4, 20, 0.2],
  ['claude-opus-5', 5, 25, 0.5],
  ['claude-opus-4-8', 5, 25, 0.5],
  ['claude-opus-4-7', 5, 25, 0.5],
  ['claude-opus-4-6', 5, 25, 0.5],
  ['claude-opus-4-5-20251101', 5, 25, 0.5],
  ['claude-sonnet-5', 2, 10, 0.2],
  ['claude-sonnet-4-6', 3, 15, 0.3],
  ['claude-sonnet-4-5-20250929', 3, 15, 0.3],
  ['claude-haiku-4-5-20251001', 1, 5, 0.1],
]

/**
 * The provider's list prices of the models that are not retired, for the ledger of an emulator that is given none.
 * A model that is missing here has no known price.
 */
export const LIST_PRICES: PriceTable = Object.freeze({
  ...Object.fromEntries(ROWS.map(([id, ...prices]) => [id, ratesOf(...prices)])),
  'claude-haiku-5-5': {
    ...ratesOf(0.1, 0.5, 0.01),
    tier: { threshold_prompt_tokens: 100_000, above: ratesOf(0.5, 2.5, 0.05) },
  } satisfies PriceRow,
  // Its cache reads became cheaper on 2026-10-07, by the release notes of that day.
  'claude-sonnet-5-5': {
    ...ratesOf(2, 10, 0.1),
    history: [
      { from: '2026-09-28', ...ratesOf(2, 10, 0.2) },
      { from: '2026-10-07', ...ratesOf(2, 10, 0.1) },
    ],
  } satisfies PriceRow,
})

function ratesOf(input: number, output: number, cacheRead: number): PriceRates {
  return {
    input,
    output,
    cache_write_5m: input * 1.25,
    cache_write_1h: input * 2,
    cache_read: cacheRead,
    batch_input: input / 2,
    batch_output: output / 2,
    batch_cache_write_5m: input * 0.625,
    batch_cache_write_1h: input,
    batch_cache_read: cacheRead / 2,
  }
}
