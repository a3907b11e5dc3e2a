import type { Route } from '../../model/lane.js'
import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import { roundToNano } from './cost.js'
import { type PriceBook, priceOf } from './price-book.js'
import type { PriceRow, TokenRates } from './price-row.js'

/** What the hold of one request is worked out from. */
export interface HoldFacts {
  /** Its whole item on the wire. */
  readonly itemBytes: number
  /** `params.max_tokens`. */
  readonly maxTokens: number
  /** As the caller wrote it. */
  readonly model: string
  readonly at: EpochMs
  readonly book: PriceBook
  /** Default `batch`. */
  readonly route?: Route
}

/**
 * No prompt is held at fewer tokens than these, at the dearest class, which is twice the price of plain ones. The provider puts
 * some hundred tokens of its own before tools (`TOOLS_TOKENS` of the estimate), which stand in no request. A request of a few
 * hundred bytes can have tools; in a larger one, text that takes fewer tokens than bytes makes up for them.
 */
const LEAST_PROMPT_TOKENS = 600

const US_TENTHS = 11n
const PLAIN_TENTHS = 10n

/**
 * The most that one attempt of a request can cost on its route, in nano-dollars; null when the model's price is unknown.
 *
 * The prompt is taken as one token per byte of the item, up to the model's context window. The tokenizer works on bytes
 * and no token is shorter than one, so text can't exceed it; JSON's own characters pay for the few tokens that frame
 * a message. Each of these tokens is taken at the dearest class (a one-hour cache write), at the dearer tier if the
 * prompt could reach it, in the dearest place; the answer is taken as `max_tokens` long. Text therefore costs at most
 * its hold, and mostly much less. What the provider puts before tools by itself is in it too, as long as that is not written to
 * its cache for an hour.
 *
 * Not bounded by bytes, and so by nothing here: images and PDFs, above all those named by URL or file id, pages that
 * web tools bring in, and the fee of searches. Holding a whole context window for each of those would stop work that
 * costs a hundredth of it. A request with them can cost more than its hold; what it did cost is booked all the same.
 */
export function holdOf(facts: HoldFacts): NanoUsd | null {
  const price = priceOf(facts.book, facts.model, facts.at)
  if (price === null) return null
  const bytes = Math.max(facts.itemBytes, LEAST_PROMPT_TOKENS)
  const promptTokens = Math.min(bytes, price.contextTokens ?? Number.POSITIVE_INFINITY)
  const costs = reachableRates(price, promptTokens).map((rates) => {
    const prompt = dearestPromptRate(rates)
    if (prompt === null || rates.output === null) return null
    return BigInt(promptTokens) * prompt + BigInt(facts.maxTokens) * BigInt(rates.output)
  })
  if (costs.includes(null)) return null
  const dearest = costs.reduce((most, cost) => ((cost ?? 0n) > (most ?? 0n) ? cost : most), 0n)
  const tenths = price.hasUsGeo ? US_TENTHS : PLAIN_TENTHS
  return roundToNano((dearest ?? 0n) * tenths * (facts.route === 'realtime' ? 2n : 1n))
}

function reachableRates(price: PriceRow, promptTokens: number): readonly TokenRates[] {
  const { above } = price
  return above !== null && promptTokens > above.promptTokens
    ? [price.rates, above.rates]
    : [price.rates]
}

function dearestPromptRate(rates: TokenRates): bigint | null {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h } = rates
  if (input === null || cacheRead === null || cacheWrite5m === null || cacheWrite1h === null) {
    return null
  }
  return BigInt(Math.max(input, cacheRead, cacheWrite5m, cacheWrite1h))
}
