import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import type { Usage } from '../../model/usage.js'
import { type PriceBook, priceOf } from './price-book.js'
import type { PriceRow, TokenRates } from './price-row.js'

/** How a request reaches the model; batch costs half. */
export type Route = 'batch' | 'realtime'

/** What the cost of one answer is worked out from. */
export interface CostFacts {
  readonly usage: Usage
  /** The model that answered, as the provider resolved it; the requested one when the answer names none. */
  readonly model: string
  readonly route: Route
  /** The instant whose prices count. */
  readonly at: EpochMs
  readonly book: PriceBook
}

// $10 per 1,000 searches, in pico-dollars each. No batch discount on it is documented, so it counts in full.
const WEB_SEARCH_PICO = 10_000_000_000n
const PICO_PER_NANO = 1_000n
// Halves and tenths are kept as whole numbers until the one rounding: everything is counted in twentieths.
const PARTS = 20n

/**
 * Cost of one answer in nano-dollars, rounded half up once, at the end.
 *
 * In batch every token costs exactly half. Running in the US (`inferenceGeo` `us`) costs a tenth more on models that
 * offer it. A prompt (input, cache reads and writes together) above the model's threshold makes every token of the
 * answer's request dearer. Web searches are never discounted.
 *
 * Null, never 0, for what has no price: an unknown model, tokens of a class without a rate, a place with an unknown
 * surcharge, or an amount beyond what a {@link NanoUsd} can hold.
 *
 * Source: the book's rows; rules in the provider's pricing page, fact sheet section 8, 2026-11-21.
 *
 * @example
 * // Opus 5 in batch: $2.50 and $12.50 per million tokens
 * costOf({ usage: { ...usage, inputTokens: 1_200, outputTokens: 300 }, model: 'claude-opus-5', route: 'batch', at, book })
 * // → 6_750_000, which is $0.00675
 */
export function costOf(facts: CostFacts): NanoUsd | null {
  const price = priceOf(facts.book, facts.model, facts.at)
  if (price === null) return null
  const surcharge = geoTenths(price, facts.usage.inferenceGeo)
  const tokens = tokensPico(facts.usage, ratesFor(price, promptTokensOf(facts.usage)))
  if (surcharge === null || tokens === null) return null
  const share = facts.route === 'batch' ? 1n : 2n
  const searches = BigInt(facts.usage.webSearchRequests) * WEB_SEARCH_PICO
  return roundToNano(tokens * share * surcharge + searches * PARTS)
}

/**
 * What was saved against real time; negative when batch was dearer, null when either price is unknown.
 */
export function savedOf(paid: NanoUsd | null, realtime: NanoUsd | null): NanoUsd | null {
  return paid === null || realtime === null ? null : ((realtime - paid) as NanoUsd)
}

// Tokens of the prompt, whatever its cache did: what a price threshold is measured by.
function promptTokensOf(usage: Usage): number {
  return (
    usage.inputTokens + usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
  )
}

function ratesFor(price: PriceRow, promptTokens: number): TokenRates {
  const { above } = price
  return above !== null && promptTokens > above.promptTokens ? above.rates : price.rates
}

/** Rounds twentieths of pico-dollars, from 0, half up to nano-dollars; null when the result is no safe integer. */
export function roundToNano(parts: bigint): NanoUsd | null {
  const unit = PICO_PER_NANO * PARTS
  const nano = Number((parts + unit / 2n) / unit)
  return Number.isSafeInteger(nano) ? (nano as NanoUsd) : null
}

// `not_available` is what models say that run wherever there is room.
function geoTenths(price: PriceRow, geo: string | null): bigint | null {
  if (geo === null || geo === 'global' || geo === 'not_available') return 10n
  if (geo !== 'us') return null
  return price.hasUsGeo ? 11n : 10n
}

function tokensPico(usage: Usage, rates: TokenRates): bigint | null {
  const classes: readonly (readonly [number, number | null])[] = [
    [usage.inputTokens, rates.input],
    [usage.outputTokens, rates.output],
    [usage.cacheReadTokens, rates.cacheRead],
    [usage.cacheWrite5mTokens, rates.cacheWrite5m],
    [usage.cacheWrite1hTokens, rates.cacheWrite1h],
  ]
  let sum = 0n
  for (const [tokens, rate] of classes) {
    if (tokens === 0) continue
    if (rate === null) return null
    sum += BigInt(tokens) * BigInt(rate)
  }
  return sum
}
