import type { NanoUsd } from '../../model/money.js'
import type { Usage } from '../../model/usage.js'
import { costAt, type Route, type ToolBill } from '../money/cost.js'
import type { PriceRow } from '../money/price-row.js'
import type { ToolFees } from '../money/tool-price.js'
import { isFailed } from './batch-reason.js'
import { isOneCall, type UsageRecord } from './usage-record.js'

/** What a record cost, and what it would cost in batch; whole nano-dollars. */
export interface PricedRecord {
  /** As the source says, else by the price book; null when neither is known. */
  readonly spentNano: bigint | null
  /** In batch, with as many tokens read from the cache as now. Null when that is not known. */
  readonly warmNano: bigint | null
  /** In batch without a cache: what was read from one or written to one is sent as plain input. Null when not known. */
  readonly coldNano: bigint | null
  /** By the price book, whatever the source says; null when that is not known. */
  readonly listNano: bigint | null
  /** The ends of a bucket whose price depends on prompts that it does not show; else null. */
  readonly step: { readonly lowNano: bigint; readonly highNano: bigint } | null
}

const NOTHING: PricedRecord = {
  spentNano: 0n,
  warmNano: 0n,
  coldNano: 0n,
  listNano: null,
  step: null,
}
const UNKNOWN: PricedRecord = {
  spentNano: null,
  warmNano: null,
  coldNano: null,
  listNano: null,
  step: null,
}
const LIST_TIERS: readonly (string | null)[] = [null, 'standard', 'batch']

/** What a record is priced by. */
export interface PricedBy {
  readonly price: PriceRow | null
  /** Of tools, at the time of the record. */
  readonly fees: ToolFees
}

/**
 * Prices a record by its model's price.
 *
 * What the source says was paid counts as paid; a batch is then reckoned at the same discount, whatever the reason for it.
 * Nothing is guessed: an unknown model, tier, tool or step has no price.
 */
export function priceRecord(record: UsageRecord, { price, fees }: PricedBy): PricedRecord {
  if (isFailed(record)) return NOTHING
  const stated = record.costNano === null ? null : BigInt(record.costNano)
  if (record.usage === null) return stated === null ? UNKNOWN : pricedCost(record, stated, price)
  const list = listPrice(record, record.usage, { price, fees })
  if (stated === null) return list
  const { warmNano, coldNano, listNano } = list
  if (listNano === null || listNano === 0n || warmNano === null || coldNano === null) {
    return { ...UNKNOWN, spentNano: stated, warmNano: stated, coldNano: stated }
  }
  const scaled = (nano: bigint): bigint => ratioOf(nano, stated, listNano)
  return { ...list, spentNano: stated, warmNano: scaled(warmNano), coldNano: scaled(coldNano) }
}

function listPrice(record: UsageRecord, usage: Usage, { price, fees }: PricedBy): PricedRecord {
  const { serviceTier, speed, otherTools } = record
  if (price === null || speed === 'fast' || !LIST_TIERS.includes(serviceTier)) return UNKNOWN
  const isBatch = serviceTier === 'batch'
  const route = isBatch ? 'batch' : 'realtime'
  const tools = { fees, otherTools }
  if (!isOneCall(record) && price.above !== null) {
    return { ...UNKNOWN, step: stepOf(price, usage, { route, tools }) }
  }
  const spentNano = nanoOf(costAt(price, usage, route, tools))
  const listNano = spentNano
  if (isBatch) return { spentNano, warmNano: spentNano, coldNano: spentNano, listNano, step: null }
  const warmNano = nanoOf(costAt(price, usage, 'batch', tools))
  const coldNano = hasCache(usage)
    ? nanoOf(costAt(price, uncached(usage), 'batch', tools))
    : warmNano
  return { spentNano, warmNano, coldNano, listNano, step: null }
}

function stepOf(
  price: PriceRow,
  usage: Usage,
  { route, tools }: { readonly route: Route; readonly tools: ToolBill },
): PricedRecord['step'] {
  const { above } = price
  const low = nanoOf(costAt({ ...price, above: null }, usage, route, tools))
  const dearer = above === null ? price : { ...price, rates: above.rates, above: null }
  const high = nanoOf(costAt(dearer, usage, route, tools))
  return low === null || high === null ? null : { lowNano: low, highNano: high }
}

// Money without tokens. Every class of tokens costs half in batch; searches and the rest have no discount.
function pricedCost(record: UsageRecord, spent: bigint, price: PriceRow | null): PricedRecord {
  const { costClass, serviceTier } = record
  const asItIs = { ...UNKNOWN, spentNano: spent, warmNano: spent, coldNano: spent }
  const isPlain = serviceTier === null || serviceTier === 'standard'
  if (!isPlain || price === null || costClass === 'search' || costClass === 'other') return asItIs
  const half = ratioOf(spent, 1n, 2n)
  if (costClass === null) return { ...asItIs, warmNano: half }
  if (costClass === 'input' || costClass === 'output') {
    return { ...asItIs, warmNano: half, coldNano: half }
  }
  const input = price.rates.input
  const rate = price.rates[costClass]
  if (input === null || rate === null || rate === 0) return { ...asItIs, warmNano: half }
  return { ...asItIs, warmNano: half, coldNano: ratioOf(spent, BigInt(input), BigInt(2 * rate)) }
}

function hasCache(usage: Usage): boolean {
  return usage.cacheReadTokens + usage.cacheWrite5mTokens + usage.cacheWrite1hTokens > 0
}

function uncached(usage: Usage): Usage {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = usage
  return {
    ...usage,
    inputTokens: inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
  }
}

function nanoOf(nano: NanoUsd | null): bigint | null {
  return nano === null ? null : BigInt(nano)
}

/** `amount * part / whole`, rounded half up; none of them is negative, and `whole` is not 0. */
export function ratioOf(amount: bigint, part: bigint, whole: bigint): bigint {
  return (2n * amount * part + whole) / (2n * whole)
}
