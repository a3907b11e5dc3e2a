import { PRICE_BOOK, type TokenRates } from '@halfrate/core/money'
import { LIST_PRICES, MODELS, type PriceRow } from '@halfrate/emulator/model'
import { expect, test } from 'vitest'
import { UNPRICED_MODEL } from '../../src/scenario/prices.js'

const usd = (pico: number | null): number | null => (pico === null ? null : pico / 1e6)

// The same rates as the emulator writes them.
function listed(rates: TokenRates): object {
  const real = {
    input: usd(rates.input),
    output: usd(rates.output),
    cache_write_5m: usd(rates.cacheWrite5m),
    cache_write_1h: usd(rates.cacheWrite1h),
    cache_read: usd(rates.cacheRead),
  }
  const halves = Object.entries(real).map(([name, rate]) => [
    `batch_${name}`,
    rate === null ? null : rate / 2,
  ])
  return { ...real, ...Object.fromEntries(halves) }
}

// Two tables, kept apart on purpose so that one can judge sums made with the other; they must hold the same figures.
test('the emulator and Halfrate know the same prices of every model that is not retired, on every day', () => {
  const day = PRICE_BOOK.readOn ?? ''
  const living = MODELS.filter(({ retiresOn }) => retiresOn === null || retiresOn > day)
  for (const { id } of living) {
    const row = PRICE_BOOK.byName.get(id)
    const theirs = LIST_PRICES[id] as PriceRow | undefined
    if (row?.rates.input == null) {
      expect(theirs, id).toBeUndefined()
      continue
    }
    expect(theirs, id).toMatchObject(listed(row.rates))
    const { above, changes } = row
    const step = above && {
      threshold_prompt_tokens: above.promptTokens,
      above: listed(above.rates),
    }
    expect(theirs?.tier ?? null, id).toEqual(step)
    const days = changes.map(({ from, rates }) => ({ from, ...listed(rates) }))
    expect(theirs?.history ?? [], id).toEqual(days)
  }
  expect(LIST_PRICES[UNPRICED_MODEL]).toMatchObject({ input: 5, output: 25 })
})
