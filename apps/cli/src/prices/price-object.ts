import type { EpochMs } from '@halfrate/core'
import type { DatedRates, PriceRow, TokenRates, ToolPrice, ToolRates } from '@halfrate/core/money'
import { feeText, lifeOf, rateText } from './price-text.js'

/** What a model costs, for programs: dollars per million tokens as decimal text. */
export function priceObject(row: PriceRow, at: EpochMs): object {
  return {
    model: row.id,
    aliases: row.aliases,
    ...pricesObject(row),
    changes: row.changes.map((change) => ({ from: change.from, ...pricesObject(change) })),
    us_surcharge: row.hasUsGeo,
    context: row.contextTokens,
    max_output: row.maxOutputTokens,
    released: row.releasedOn,
    retires: row.retiresOn,
    state: lifeOf(row, at),
    source: row.source,
    confidence: row.confidence,
  }
}

/** The fee of a tool, for programs: dollars for one use as decimal text. */
export function toolObject(tool: ToolPrice): object {
  return {
    tool: tool.name,
    ...feesObject(tool),
    changes: tool.changes.map((change) => ({ from: change.from, ...feesObject(change) })),
    source: tool.source,
  }
}

/** A fee alone. */
export function feesObject(rates: ToolRates): object {
  return { usd: feeText(rates, 'realtime'), batch_usd: feeText(rates, 'batch') }
}

/** Prices alone, with those of a long prompt. */
export function pricesObject({ rates, above }: DatedRates): object {
  const long =
    above === null ? null : { above_tokens: above.promptTokens, ...ratesObject(above.rates) }
  return { ...ratesObject(rates), long_prompt: long }
}

function ratesObject(rates: TokenRates): object {
  const texts = (route: 'batch' | 'realtime'): object => ({
    input: rateText(rates.input, route),
    output: rateText(rates.output, route),
    cache_write_5m: rateText(rates.cacheWrite5m, route),
    cache_write_1h: rateText(rates.cacheWrite1h, route),
    cache_read: rateText(rates.cacheRead, route),
  })
  return { realtime: texts('realtime'), batch: texts('batch') }
}
