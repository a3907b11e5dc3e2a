import { PRICE_BOOK, type PriceBook, priceBookOf } from '@halfrate/core/money'
import type { PriceTable } from '@halfrate/emulator/model'

/** A model that works and has no price in the book, so that sums must say what they leave out. */
export const UNPRICED_MODEL = 'claude-opus-4-7'

const PICO_PER_USD_PER_MILLION = 1_000_000

/** Halfrate's own book without the price of one model. */
export const SIM_PRICE_BOOK: PriceBook = priceBookOf({
  readOn: PRICE_BOOK.readOn,
  rows: PRICE_BOOK.rows.filter(({ id }) => id !== UNPRICED_MODEL),
})

/** The prices of that book in the form in which the provider's ledger takes them. */
export const LEDGER_PRICES: PriceTable = Object.fromEntries(
  SIM_PRICE_BOOK.rows.map(({ id, rates }) => {
    const real = {
      input: usd(rates.input),
      output: usd(rates.output),
      cache_write_5m: usd(rates.cacheWrite5m),
      cache_write_1h: usd(rates.cacheWrite1h),
      cache_read: usd(rates.cacheRead),
    }
    const batch = Object.entries(real).map(([name, rate]) => [
      `batch_${name}`,
      rate === null ? null : rate / 2,
    ])
    return [id, { ...real, ...Object.fromEntries(batch) }]
  }),
)

function usd(pico: number | null): number | null {
  return pico === null ? null : pico / PICO_PER_USD_PER_MILLION
}
