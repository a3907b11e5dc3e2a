import type { CostRow } from '../../model/cost-row.js'
import type { Usage } from '../../model/usage.js'
import { costAt, type ToolBill } from '../money/cost.js'
import { type PriceBook, priceOf } from '../money/price-book.js'

/** What caching came to. Nano-dollars are bigint. */
export interface CacheSums {
  readonly readTokens: number
  /** For five minutes and for an hour together. */
  readonly writtenTokens: number
  /** What the same prompts would have cost without a cache, less what they cost with it; below zero where writing cost more than reading saved. */
  readonly savedNano: bigint
  /** Answers that read or wrote, without a known price; they are in no sum of money. */
  readonly unpriced: number
}

const NO_TOOLS: ToolBill = { fees: new Map(), otherTools: null }

/** Adds up what caching came to, in memory of constant size. */
export class CacheTally {
  readonly #book: PriceBook
  #readTokens = 0
  #writtenTokens = 0
  #savedNano = 0n
  #unpriced = 0

  constructor(book: PriceBook) {
    this.#book = book
  }

  /** Adds a row. One whose prompt had nothing to do with a cache adds nothing. */
  add(row: CostRow): void {
    const { usage } = row
    if (usage === null) return
    const written = usage.cacheWrite5mTokens + usage.cacheWrite1hTokens
    if (written + usage.cacheReadTokens === 0) return
    this.#readTokens += usage.cacheReadTokens
    this.#writtenTokens += written
    const saved = this.#savedBy(row, usage)
    if (saved === null) this.#unpriced += 1
    else this.#savedNano += BigInt(saved)
  }

  /** All rows together. */
  get sums(): CacheSums {
    return {
      readTokens: this.#readTokens,
      writtenTokens: this.#writtenTokens,
      savedNano: this.#savedNano,
      unpriced: this.#unpriced,
    }
  }

  // Fees of tools are the same either way. A call is known by costing what real time costs.
  #savedBy(row: CostRow, usage: Usage): number | null {
    const { model, billedAt, costNano, realtimeNano } = row
    const price = priceOf(this.#book, model, billedAt)
    if (price === null || costNano === null) return null
    const route = costNano === realtimeNano ? 'realtime' : 'batch'
    const cached = { ...usage, webSearchRequests: 0 }
    const prompt =
      usage.inputTokens +
      usage.cacheReadTokens +
      usage.cacheWrite5mTokens +
      usage.cacheWrite1hTokens
    const without: Usage = {
      ...cached,
      inputTokens: prompt,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
    }
    const cost = costAt(price, cached, route, NO_TOOLS)
    const plain = costAt(price, without, route, NO_TOOLS)
    return cost === null || plain === null ? null : plain - cost
  }
}
