import { ZERO_USD } from '../model/money.js'
import type { EpochMs } from '../model/time.js'
import { costAt } from '../policy/money/cost.js'
import { type PriceBook, priceOf } from '../policy/money/price-book.js'
import type { PriceRow } from '../policy/money/price-row.js'
import type { ResultFacts } from '../policy/results/result-facts.js'
import type { ResultLine } from '../ports/store-collecting.js'

// More than any batch has; what a broken file may name is not collected without end.
const MOST_MODELS = 100

/** The prices of one batch: many answers of few models, all at the prices of one instant. */
export class BatchPrices {
  readonly #book: PriceBook
  readonly #at: EpochMs
  readonly #rows = new Map<string, PriceRow | null>()

  constructor(book: PriceBook, at: EpochMs) {
    this.#book = book
    this.#at = at
  }

  /** What a line cost, and what its usage costs in real time: null when unknown, 0 for what is not billed. */
  costsOf(
    line: Pick<ResultFacts, 'outcome' | 'model' | 'usage'>,
  ): Pick<ResultLine, 'costNano' | 'realtimeNano'> {
    if (line.outcome !== 'succeeded') return { costNano: ZERO_USD, realtimeNano: ZERO_USD }
    const row = this.#rowOf(line.model)
    const { usage } = line
    if (row === null || usage === null) return { costNano: null, realtimeNano: null }
    return { costNano: costAt(row, usage, 'batch'), realtimeNano: costAt(row, usage, 'realtime') }
  }

  #rowOf(model: string | null): PriceRow | null {
    if (model === null) return null
    const known = this.#rows.get(model)
    if (known !== undefined) return known
    const row = priceOf(this.#book, model, this.#at)
    if (this.#rows.size < MOST_MODELS) this.#rows.set(model, row)
    return row
  }
}
