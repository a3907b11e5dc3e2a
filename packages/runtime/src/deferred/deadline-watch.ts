import type { Clock } from '@halfrate/core'
import type { Waiter } from './pending-call.js'

// Many deadlines in a row are looked at together. Real milliseconds.
const LEAST_REST_MS = 50
const MOST_REST_MS = 60_000

/** Tells of promises whose deadline came, with one timer for all of them. */
export class DeadlineWatch {
  readonly #clock: Clock
  readonly #factor: number
  readonly #timed: ReadonlySet<Waiter>
  readonly #onPassed: (waiter: Waiter) => void
  #timer: NodeJS.Timeout | null = null
  #firesAt = Number.POSITIVE_INFINITY

  constructor(params: {
    readonly clock: Clock
    /** Milliseconds of that clock in a real one; 0 for one that stands still until it is put forward. */
    readonly factor: number
    readonly timed: ReadonlySet<Waiter>
    readonly onPassed: (waiter: Waiter) => void
  }) {
    this.#clock = params.clock
    this.#factor = params.factor
    this.#timed = params.timed
    this.#onPassed = params.onPassed
  }

  /** Minds a deadline that is in the set by now. */
  mind(deadlineAt: number): void {
    if (this.#timer !== null && this.#firesAt <= deadlineAt) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#firesAt = deadlineAt
    const leftMs = deadlineAt - this.#clock.now()
    const realMs = this.#factor > 0 ? leftMs / this.#factor : 0
    const ms = Math.min(MOST_REST_MS, Math.max(LEAST_REST_MS, realMs))
    // Whoever waits holds the process; a deadline of what has ended does not.
    this.#timer = setTimeout(() => this.#look(), ms).unref()
  }

  #look(): void {
    this.#timer = null
    const now = this.#clock.now()
    let nextAt = Number.POSITIVE_INFINITY
    for (const waiter of [...this.#timed]) {
      const deadlineAt = waiter.deadlineAt ?? Number.POSITIVE_INFINITY
      if (deadlineAt <= now) this.#onPassed(waiter)
      else nextAt = Math.min(nextAt, deadlineAt)
    }
    if (nextAt < Number.POSITIVE_INFINITY) this.mind(nextAt)
  }
}
