import type { Route } from '../model/lane.js'
import { ZERO_USD } from '../model/money.js'
import type { EpochMs } from '../model/time.js'
import { costAt, toolsWithoutFee } from '../policy/money/cost.js'
import { type PriceBook, priceOf } from '../policy/money/price-book.js'
import type { PriceRow } from '../policy/money/price-row.js'
import { type ToolFees, toolFeesAt } from '../policy/money/tool-price.js'
import type { ResultFacts } from '../policy/results/result-facts.js'
import type { ResultLine } from '../ports/store-collecting.js'

// More than any batch has; what a broken file may name is not collected without end.
const MOST_MODELS = 100

type BilledLine = Pick<ResultFacts, 'outcome' | 'model' | 'usage' | 'otherTools'>

/** The prices of one submission: many answers of few models, all at the prices of one instant and one route. */
export class BatchPrices {
  readonly #book: PriceBook
  readonly #at: EpochMs
  readonly #fees: ToolFees
  readonly #route: Route
  readonly #rows = new Map<string, PriceRow | null>()

  constructor(book: PriceBook, at: EpochMs, route: Route) {
    this.#book = book
    this.#at = at
    this.#fees = toolFeesAt(book, at)
    this.#route = route
  }

  /** What a line cost, and what its usage costs in real time: null when unknown, 0 for what is not billed. */
  costsOf(line: BilledLine): Pick<ResultLine, 'costNano' | 'realtimeNano'> {
    if (line.outcome !== 'succeeded') return { costNano: ZERO_USD, realtimeNano: ZERO_USD }
    const row = this.#rowOf(line.model)
    const { usage, otherTools } = line
    if (row === null || usage === null) return { costNano: null, realtimeNano: null }
    const tools = { fees: this.#fees, otherTools }
    const realtimeNano = costAt(row, usage, 'realtime', tools)
    const costNano = this.#route === 'batch' ? costAt(row, usage, 'batch', tools) : realtimeNano
    // One without the other would show as a saving that nobody knows.
    if (costNano === null || realtimeNano === null) return { costNano: null, realtimeNano: null }
    return { costNano, realtimeNano }
  }

  /** What keeps a line from having a cost: its tools without a known fee where the model's price is known, else its model. */
  unpricedOf(line: BilledLine): {
    readonly model: string | null
    readonly tools: readonly string[]
  } {
    const { model, usage, otherTools } = line
    const tools = usage === null ? [] : toolsWithoutFee(usage, { fees: this.#fees, otherTools })
    const isModelKnown = usage !== null && this.#rowOf(model) !== null
    return { model: tools.length > 0 && isModelKnown ? null : model, tools }
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
