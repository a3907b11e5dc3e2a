// To look at a large job takes a while, so looks take at most a twentieth of the time; but there is one a minute.
const REST_PER_LOOK = 20
const LONGEST_REST_MS = 60_000

/**
 * How often something is looked at, by how long looks at it take. Real milliseconds.
 *
 * The shorter of two looks in a row counts. A process that stood still in the middle of one look, or whose store was away,
 * would rest for twenty times as long, as if its job were that large.
 */
export class LookPace {
  readonly #nowMs: () => number
  readonly #leastRestMs: number
  #beforeMs = 0
  #lookMs = 0

  constructor(params: {
    /** Real time that never goes back, in milliseconds; it may stand still. */
    readonly nowMs: () => number
    /** The shortest rest, in milliseconds. */
    readonly leastRestMs: number
  }) {
    this.#nowMs = params.nowMs
    this.#leastRestMs = params.leastRestMs
  }

  /** Does a part of a look, whose time counts unless it throws. */
  async time<T>(look: () => Promise<T>): Promise<T> {
    const startedMs = this.#nowMs()
    const seen = await look()
    this.#lookMs += this.#nowMs() - startedMs
    return seen
  }

  /** Ends a look, and answers for how many milliseconds to wait before the next. */
  rest(): number {
    const lookMs = Math.min(this.#beforeMs, this.#lookMs)
    this.#beforeMs = this.#lookMs
    this.#lookMs = 0
    return Math.min(LONGEST_REST_MS, Math.max(this.#leastRestMs, lookMs * REST_PER_LOOK))
  }
}
