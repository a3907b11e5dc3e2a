import type { WireTokenType } from './admin/admin-wire.js'
import type { WireUsage } from './wire.js'

/** Rates of one model in USD per million tokens; null where the price is unknown. */
export interface PriceRates {
  readonly input: number | null
  readonly output: number | null
  readonly cache_write_5m: number | null
  readonly cache_write_1h: number | null
  readonly cache_read: number | null
  readonly batch_input: number | null
  readonly batch_output: number | null
  readonly batch_cache_write_5m: number | null
  readonly batch_cache_write_1h: number | null
  readonly batch_cache_read: number | null
}

/** Rates with a step. */
export interface SteppedRates extends PriceRates {
  /** Rates of requests whose whole prompt is larger than the threshold. */
  readonly tier?: { readonly threshold_prompt_tokens: number; readonly above: PriceRates }
}

/** One model of a {@link PriceTable}. Members beyond the rates, the step and their days are ignored. */
export interface PriceRow extends SteppedRates {
  /**
   * What held from which day (UTC) on, `YYYY-MM-DD`, oldest first; on earlier days the oldest. Without it the row's own rates
   * hold on every day.
   */
  readonly history?: readonly ({ readonly from: string } & SteppedRates)[]
}

/** The fee of one tool of the server, in USD for each use; null where it is unknown. */
export interface ToolFee {
  readonly usd: number | null
  /** In batch; the same where it is left out. */
  readonly batch_usd?: number | null
}

/** The same with what held from which day (UTC) on, oldest first. */
export interface ToolRow extends ToolFee {
  readonly history?: readonly ({ readonly from: string } & ToolFee)[]
}

/**
 * Prices by model id, and under `_tools` a {@link ToolRow} for each tool by its name in `usage`. Tools that it does not name cost
 * the list price. Members that are no price row, such as `_meta`, are ignored.
 */
export type PriceTable = Readonly<Record<string, unknown>>

// USD 10 per 1,000 searches, with no documented discount in batches; fetches are free. A tool that is missing here has no known fee.
// Source: the provider's price list, read 2026-11-21.
const LIST_FEES: Readonly<Record<string, ToolRow>> = {
  web_search_requests: { usd: 0.01 },
  web_fetch_requests: { usd: 0 },
}

/** What one kind of tokens, or the use of a tool, adds to the cost of a success. */
export interface CostPart {
  /** Tools other than searching by their name in `usage`. */
  readonly type: WireTokenType | 'web_search' | 'server_tool'
  readonly tool?: string
  readonly nanoUsd: bigint
}

/**
 * What a success costs, in nano-dollars, rounded half up once, at the prices of the day of an instant, epoch milliseconds
 * (default: the row's own). Null if a rate that is needed is unknown.
 *
 * Worked out with big integers and shared with nobody, so that it can judge other arithmetic.
 */
export function costNanoUsd(
  usage: WireUsage,
  modelId: string,
  prices: PriceTable,
  at?: number,
): bigint | null {
  const parts = costParts(usage, modelId, prices, at)
  return parts === null ? null : parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)
}

/**
 * {@link costNanoUsd} by kind, without kinds of which there are none. What is rounded off a part goes to the next, so that the
 * parts add up to the whole, rounded once.
 */
export function costParts(
  usage: WireUsage,
  modelId: string,
  prices: PriceTable,
  at?: number,
): readonly CostPart[] | null {
  const row = prices[modelId]
  if (!isPriceRow(row)) return null
  const found: CostPart[] = []
  // Processing in the US costs a tenth more on every token.
  const tenths = usage.inference_geo === 'us' ? 11n : 10n
  let [picoUsd, told] = [0n, 0n]
  for (const [type, tokens, rate] of tokensOf(usage, ratesFor(ratesOn(row, at), usage))) {
    if (tokens === 0) continue
    if (rate === null) return null
    picoUsd += BigInt(tokens) * picoPerToken(rate)
    const nanoUsd = (picoUsd * tenths * 2n + 10_000n) / 20_000n
    found.push({ type, nanoUsd: nanoUsd - told })
    told = nanoUsd
  }
  for (const [tool, uses] of Object.entries(usage.server_tool_use ?? {})) {
    if (typeof uses !== 'number' || uses === 0) continue
    const fee = feeOf(tool, { prices, at, isBatch: usage.service_tier === 'batch' })
    if (fee === null) return null
    if (fee === 0) continue
    const nanoUsd = BigInt(uses) * BigInt(Math.round(fee * 1_000_000_000))
    found.push(
      tool === 'web_search_requests'
        ? { type: 'web_search', nanoUsd }
        : { type: 'server_tool', tool, nanoUsd },
    )
  }
  return found
}

function feeOf(
  tool: string,
  {
    prices,
    at,
    isBatch,
  }: { readonly prices: PriceTable; readonly at: number | undefined; readonly isBatch: boolean },
): number | null {
  const own = (prices._tools ?? {}) as Readonly<Record<string, ToolRow>>
  const row = Object.hasOwn(own, tool) ? own[tool] : LIST_FEES[tool]
  if (row === undefined) return null
  const { history = [] } = row
  let fee: ToolFee = at === undefined ? row : (history[0] ?? row)
  if (at !== undefined) for (const dated of history) if (Date.parse(dated.from) <= at) fee = dated
  return isBatch && fee.batch_usd !== undefined ? fee.batch_usd : fee.usd
}

function tokensOf(
  usage: WireUsage,
  rates: PriceRates,
): readonly (readonly [WireTokenType, number, number | null])[] {
  const isBatch = usage.service_tier === 'batch'
  const pick = (real: number | null, batch: number | null): number | null =>
    isBatch ? batch : real
  const written = usage.cache_creation
  return [
    ['uncached_input_tokens', usage.input_tokens, pick(rates.input, rates.batch_input)],
    ['output_tokens', usage.output_tokens, pick(rates.output, rates.batch_output)],
    [
      'cache_creation.ephemeral_5m_input_tokens',
      written?.ephemeral_5m_input_tokens ?? 0,
      pick(rates.cache_write_5m, rates.batch_cache_write_5m),
    ],
    [
      'cache_creation.ephemeral_1h_input_tokens',
      written?.ephemeral_1h_input_tokens ?? 0,
      pick(rates.cache_write_1h, rates.batch_cache_write_1h),
    ],
    [
      'cache_read_input_tokens',
      usage.cache_read_input_tokens,
      pick(rates.cache_read, rates.batch_cache_read),
    ],
  ]
}

function ratesOn(row: PriceRow, at: number | undefined): SteppedRates {
  const { history = [] } = row
  const [oldest] = history
  if (at === undefined || oldest === undefined) return row
  let rates: SteppedRates = oldest
  for (const dated of history) if (Date.parse(dated.from) <= at) rates = dated
  return rates
}

function ratesFor(row: SteppedRates, usage: WireUsage): PriceRates {
  const prompt =
    usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens
  return row.tier !== undefined && prompt > row.tier.threshold_prompt_tokens ? row.tier.above : row
}

/** USD per million tokens to pico-dollars per token. Exact for prices of up to six decimals. */
function picoPerToken(usdPerMillion: number): bigint {
  return BigInt(Math.round(usdPerMillion * 1_000_000))
}

function isPriceRow(row: unknown): row is PriceRow {
  return typeof row === 'object' && row !== null && 'input' in row && 'batch_input' in row
}
