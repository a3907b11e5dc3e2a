import { PRICE_BOOK } from '@halfrate/core/money'
import { LIST_PRICES, MODELS } from '@halfrate/emulator/model'
import { expect, test } from 'vitest'
import { LEDGER_PRICES, UNPRICED_MODEL } from '../../src/scenario/prices.js'

// Two tables, kept apart on purpose so that one can judge sums made with the other; they must hold the same figures.
test('the emulator and Halfrate know the same prices of every model that is not retired', () => {
  const day = PRICE_BOOK.readOn ?? ''
  const living = MODELS.filter(({ retiresOn }) => retiresOn === null || retiresOn > day)
  for (const { id } of living.filter(({ id }) => id !== UNPRICED_MODEL)) {
    const row = PRICE_BOOK.rows.find((each) => each.id === id)
    if (row?.rates.input == null) expect(LIST_PRICES[id], id).toBeUndefined()
    else expect(LIST_PRICES[id], id).toMatchObject(LEDGER_PRICES[id] as object)
    const above = row?.above ?? null
    if (above === null) continue
    expect(LIST_PRICES[id]).toMatchObject({
      tier: {
        threshold_prompt_tokens: above.promptTokens,
        above: { input: Number(above.rates.input) / 1e6, output: Number(above.rates.output) / 1e6 },
      },
    })
  }
  expect(LIST_PRICES[UNPRICED_MODEL]).toMatchObject({ input: 5, output: 25 })
})
