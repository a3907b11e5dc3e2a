import type { Route } from '../../model/lane.js'
import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import type { ToolUses, Usage } from '../../model/usage.js'
import { type PriceBook, priceOf } from './price-book.js'
import type { PriceRow, TokenRates } from './price-row.js'
import { type ToolFees, toolFeesAt, WEB_SEARCH } from './tool-price.js'

export type { Route } from '../../model/lane.js'

/** What the cost of one answer is worked out from. */
export interface CostFacts {
  readonly usage: Usage
  /** Uses of tools beside searches, which `usage` has; none by default. */
  readonly otherTools?: ToolUses | null | undefined
  /** The model that answered, as the provider resolved it; the requested one when the answer names none. */
  readonly model: string
  readonly route: Route
  /** The instant whose prices count. */
  readonly at: EpochMs
  readonly book: PriceBook
}

const PICO_PER_NANO = 1_000
// Halves and tenths are kept as whole numbers until the one rounding: everything is counted in twentieths.
const PARTS = 20
const UNIT = PICO_PER_NANO * PARTS

/**
 * Cost of one answer in nano-dollars, rounded half up once, at the end.
 *
 * In batch every token costs exactly half. Running in the US (`inferenceGeo` `us`) costs a tenth more on models that
 * offer it. A prompt (input, cache reads and writes together) above the model's threshold makes every token of the
 * answer's request dearer. Tools of the provider's servers cost their fee for each use, which no batch halves by itself.
 *
 * Null, never 0, for what has no price: an unknown model, tokens of a class without a rate, a tool without a fee, a place
 * with an unknown surcharge, or an amount beyond what a {@link NanoUsd} can hold.
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
  const { usage, route, otherTools = null } = facts
  return costAt(price, usage, route, { fees: toolFeesAt(facts.book, facts.at), otherTools })
}

/** What uses of tools are priced by. */
export interface ToolBill {
  readonly fees: ToolFees
  /** Uses of tools beside searches; null for none. */
  readonly otherTools: ToolUses | null
}

/** {@link costOf} at a price and at fees that are known already. */
export function costAt(
  price: PriceRow,
  usage: Usage,
  route: Route,
  tools: ToolBill,
): NanoUsd | null {
  const feesPico = toolsPico(usage, route, tools)
  const rates = ratesFor(price, promptTokensOf(usage))
  const surcharge = geoTenths(price, usage.inferenceGeo)
  if (feesPico === null || surcharge === null || !hasRates(usage, rates)) return null
  const share = (route === 'batch' ? 1 : 2) * surcharge
  const parts = tokensPico(usage, rates) * share + Number(feesPico) * PARTS
  // All terms are whole and none is negative: an inexact one would have made the sum at least 2^53.
  return Number.isSafeInteger(parts) ? nanoOf(parts) : exactCost(usage, rates, { share, feesPico })
}

/** The tools that were used and whose fee is not known, in batch or in real time; by the provider's names. */
export function toolsWithoutFee(usage: Usage, tools: ToolBill): readonly string[] {
  return usesOf(usage, tools).flatMap(([name, uses]) => {
    const { batch = null, realtime = null } = tools.fees.get(name) ?? {}
    return uses > 0 && (batch === null || realtime === null) ? [name] : []
  })
}

// Most answers use no tool.
function toolsPico(usage: Usage, route: Route, tools: ToolBill): bigint | 0 | null {
  if (usage.webSearchRequests === 0 && tools.otherTools === null) return 0
  let pico = 0n
  for (const [name, uses] of usesOf(usage, tools)) {
    if (uses === 0) continue
    const fee = tools.fees.get(name)?.[route] ?? null
    if (fee === null) return null
    pico += BigInt(uses) * BigInt(fee)
  }
  return pico
}

function usesOf(
  { webSearchRequests }: Usage,
  { otherTools }: ToolBill,
): readonly (readonly [name: string, uses: number])[] {
  return [[WEB_SEARCH, webSearchRequests], ...Object.entries(otherTools ?? {})]
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

// Whole twentieths of pico-dollars, exact: the remainder is too, and so is the division of a multiple.
function nanoOf(parts: number): NanoUsd {
  const rest = parts % UNIT
  return ((parts - rest) / UNIT + (rest >= UNIT / 2 ? 1 : 0)) as NanoUsd
}

// The same for amounts that doubles don't hold exactly.
function exactCost(
  usage: Usage,
  rates: TokenRates,
  { share, feesPico }: { readonly share: number; readonly feesPico: bigint | 0 },
): NanoUsd | null {
  let pico = 0n
  for (const [tokens, rate] of classesOf(usage, rates)) pico += BigInt(tokens) * BigInt(rate ?? 0)
  return roundToNano(pico * BigInt(share) + BigInt(feesPico) * BigInt(PARTS))
}

/** Rounds twentieths of pico-dollars, from 0, half up to nano-dollars; null when the result is no safe integer. */
export function roundToNano(parts: bigint): NanoUsd | null {
  const unit = BigInt(UNIT)
  const nano = Number((parts + unit / 2n) / unit)
  return Number.isSafeInteger(nano) ? (nano as NanoUsd) : null
}

// `not_available` is what models say that run wherever there is room.
function geoTenths(price: PriceRow, geo: string | null): number | null {
  if (geo === null || geo === 'global' || geo === 'not_available') return 10
  if (geo !== 'us') return null
  return price.hasUsGeo ? 11 : 10
}

// Only tokens that were used need a rate.
function hasRates(usage: Usage, rates: TokenRates): boolean {
  return (
    (rates.input !== null || usage.inputTokens === 0) &&
    (rates.output !== null || usage.outputTokens === 0) &&
    (rates.cacheRead !== null || usage.cacheReadTokens === 0) &&
    (rates.cacheWrite5m !== null || usage.cacheWrite5mTokens === 0) &&
    (rates.cacheWrite1h !== null || usage.cacheWrite1hTokens === 0)
  )
}

function tokensPico(usage: Usage, rates: TokenRates): number {
  return (
    usage.inputTokens * (rates.input ?? 0) +
    usage.outputTokens * (rates.output ?? 0) +
    usage.cacheReadTokens * (rates.cacheRead ?? 0) +
    usage.cacheWrite5mTokens * (rates.cacheWrite5m ?? 0) +
    usage.cacheWrite1hTokens * (rates.cacheWrite1h ?? 0)
  )
}

function classesOf(
  usage: Usage,
  rates: TokenRates,
): readonly (readonly [tokens: number, rate: number | null])[] {
  return [
    [usage.inputTokens, rates.input],
    [usage.outputTokens, rates.output],
    [usage.cacheReadTokens, rates.cacheRead],
    [usage.cacheWrite5mTokens, rates.cacheWrite5m],
    [usage.cacheWrite1hTokens, rates.cacheWrite1h],
  ]
}
