import type { EpochMs } from '../../model/time.js'
import type { Usage } from '../../model/usage.js'
import { type PriceBook, priceOf } from '../money/price-book.js'
import type { PriceRow, TokenRates } from '../money/price-row.js'
import { hasOldTokenizer } from '../money/prompt-tokens.js'
import { ratioOf } from './priced-record.js'
import { isOneCall, type UsageRecord } from './usage-record.js'

/** What the same tokens would cost with another model, by list prices. */
export interface CheaperModel {
  readonly model: string
  readonly realtimeNano: bigint
  readonly batchNano: bigint
  /** Whether 30 % were added to the tokens, because the other model counts that many more for the same text. */
  readonly isRecounted: boolean
}

/** What calls cost with the model that they had, and with cheaper ones. */
export interface ModelComparison {
  /** By list prices, of the calls that can be compared: answered in real time at the standard price. */
  readonly realtimeNano: bigint
  readonly batchNano: bigint
  /** Cheapest first. */
  readonly cheaper: readonly CheaperModel[]
}

type Tokens = [input: bigint, output: bigint, read: bigint, write5m: bigint, write1h: bigint]

const FAMILIES = ['opus', 'sonnet', 'haiku'] as const
// Claude 4.7 and later, and Haiku 5.5, count about 30 % more tokens for the same text. Source: fact sheet, section 8.
const RECOUNT = { more: 13n, of: 10n } as const
const PICO_PER_NANO = 1_000n

/** By whose prices, and as of when: a comparison is about calls to come. */
export interface ComparisonBasis {
  readonly book: PriceBook
  readonly now: EpochMs
}

/** Makes the {@link ComparedTokens} of a model; null when it has no known price now. */
export function comparedTokens(model: string, basis: ComparisonBasis): ComparedTokens | null {
  const price = priceOf(basis.book, model, basis.now)
  return price === null ? null : new ComparedTokens(price, basis)
}

/** Adds up the tokens of one model's calls, so that other models' prices can be put on them. */
export class ComparedTokens {
  readonly #price: PriceRow
  readonly #basis: ComparisonBasis
  readonly #step: number
  // Prompts below the shortest step of any price, and those above it.
  readonly #short: Tokens = [0n, 0n, 0n, 0n, 0n]
  readonly #long: Tokens = [0n, 0n, 0n, 0n, 0n]
  #hasBuckets = false

  constructor(price: PriceRow, basis: ComparisonBasis) {
    this.#price = price
    this.#basis = basis
    const { rows } = basis.book
    const steps = rows.flatMap(({ above }) => (above === null ? [] : [above.promptTokens]))
    this.#step = Math.min(...steps)
  }

  add(record: UsageRecord): void {
    const { usage, serviceTier, speed } = record
    if (usage === null || speed === 'fast') return
    if (serviceTier !== null && serviceTier !== 'standard') return
    if (!isOneCall(record)) this.#hasBuckets = true
    const tokens = promptOf(usage) * (hasOldTokenizer(this.#price.id) ? 1.3 : 1)
    addTokens(tokens > this.#step ? this.#long : this.#short, usage)
  }

  /** Null when nothing can be compared. */
  compare(): ModelComparison | null {
    if (this.#hasBuckets && this.#price.above !== null) return null
    const own = this.#costOf(this.#price, false)
    if (own === null || own === 0n) return null
    const found = candidatesOf(this.#basis).flatMap((row) => {
      if (row.id === this.#price.id || (this.#hasBuckets && row.above !== null)) return []
      const isRecounted = hasOldTokenizer(this.#price.id) && !hasOldTokenizer(row.id)
      const pico = this.#costOf(row, isRecounted)
      if (pico === null || pico >= own) return []
      return [{ model: row.id, ...routesOf(pico), isRecounted }]
    })
    const cheaper = found.toSorted((a, b) => (a.realtimeNano < b.realtimeNano ? -1 : 1))
    return { ...routesOf(own), cheaper }
  }

  #costOf(price: PriceRow, isRecounted: boolean): bigint | null {
    const short = picoOf(this.#short, price.rates)
    const long = picoOf(this.#long, price.above?.rates ?? price.rates)
    if (short === null || long === null) return null
    const pico = short + long
    return isRecounted ? ratioOf(pico, RECOUNT.more, RECOUNT.of) : pico
  }
}

function candidatesOf({ book, now }: ComparisonBasis): readonly PriceRow[] {
  const today = new Date(now).toISOString().slice(0, 10)
  return FAMILIES.flatMap((family) => {
    const rows = book.rows.filter(
      ({ id, releasedOn, retiresOn }) =>
        id.includes(`-${family}-`) &&
        releasedOn !== null &&
        releasedOn <= today &&
        (retiresOn === null || retiresOn > today),
    )
    const newest = rows.toSorted((a, b) => (String(a.releasedOn) < String(b.releasedOn) ? 1 : -1))
    return newest.slice(0, 1)
  })
}

function routesOf(pico: bigint): { readonly realtimeNano: bigint; readonly batchNano: bigint } {
  return {
    realtimeNano: ratioOf(pico, 1n, PICO_PER_NANO),
    batchNano: ratioOf(pico, 1n, 2n * PICO_PER_NANO),
  }
}

function picoOf(tokens: Readonly<Tokens>, rates: TokenRates): bigint | null {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = rates
  let pico = 0n
  for (const [index, rate] of [input, output, cacheRead, cacheWrite5m, cacheWrite1h].entries()) {
    const count = tokens[index] ?? 0n
    if (count > 0n && rate === null) return null
    pico += count * BigInt(rate ?? 0)
  }
  return pico
}

function promptOf(usage: Usage): number {
  const { inputTokens, cacheReadTokens, cacheWrite5mTokens, cacheWrite1hTokens } = usage
  return inputTokens + cacheReadTokens + cacheWrite5mTokens + cacheWrite1hTokens
}

function addTokens(sums: Tokens, usage: Usage): void {
  sums[0] += BigInt(usage.inputTokens)
  sums[1] += BigInt(usage.outputTokens)
  sums[2] += BigInt(usage.cacheReadTokens)
  sums[3] += BigInt(usage.cacheWrite5mTokens)
  sums[4] += BigInt(usage.cacheWrite1hTokens)
}
