import { PRICE_BOOK } from '@halfrate/core'
import type { PriceTable } from '@halfrate/emulator/model'

const PICO_PER_USD_PER_MILLION = 1_000_000

/** The prices of Halfrate's own book in the form in which the provider's ledger takes them. */
export const LEDGER_PRICES: PriceTable = Object.fromEntries(
  PRICE_BOOK.rows.map(({ id, rates }) => {
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
