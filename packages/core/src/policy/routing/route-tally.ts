import { type NanoUsd, ZERO_USD } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'

/** What one request came to that went by a route. */
export interface RoutedRequest {
  readonly isUsable: boolean
  readonly createdAt: EpochMs
  readonly doneAt: EpochMs
  readonly deadlineAt: EpochMs | null
  /** Over all of its attempts; null when a price is unknown. */
  readonly paidNano: NanoUsd | null
}

/** What the requests of a queue came to that went by one route. */
export interface RouteFigures {
  /** Those that are done, the canceled ones left out. */
  readonly done: number
  readonly usable: number
  /** Those that were wanted by an instant, and those of them that were done after it. */
  readonly wanted: number
  readonly late: number
  /** From intake to answer; null before there is one. */
  readonly halfWithinMs: number | null
  readonly nineInTenWithinMs: number | null
  readonly paidNano: NanoUsd
  /** Those in no sum, since the price of what answered them is unknown. */
  readonly unpriced: number
}

/** Adds up what requests came to. It holds eight bytes for each. */
export class RouteTally {
  readonly #spans: number[] = []
  #usable = 0
  #wanted = 0
  #late = 0
  #paid = 0
  #unpriced = 0

  add({ isUsable, createdAt, doneAt, deadlineAt, paidNano }: RoutedRequest): void {
    this.#spans.push(Math.max(0, doneAt - createdAt))
    if (isUsable) this.#usable += 1
    if (deadlineAt !== null) this.#wanted += 1
    if (deadlineAt !== null && doneAt > deadlineAt) this.#late += 1
    if (paidNano === null) this.#unpriced += 1
    else this.#paid += paidNano
  }

  /** What came so far. */
  get figures(): RouteFigures {
    const spans = Float64Array.from(this.#spans).sort()
    return {
      done: spans.length,
      usable: this.#usable,
      wanted: this.#wanted,
      late: this.#late,
      halfWithinMs: nearestRank(spans, 0.5),
      nineInTenWithinMs: nearestRank(spans, 0.9),
      paidNano: (ZERO_USD + this.#paid) as NanoUsd,
      unpriced: this.#unpriced,
    }
  }
}

function nearestRank(sorted: Float64Array, share: number): number | null {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null
}
