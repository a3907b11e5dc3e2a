import type { Clock, EpochMs } from '@halfrate/core'

/** Where a {@link ManualClock} starts when nothing else is said: 2027-01-15T08:00:00Z. */
export const MANUAL_START: EpochMs = 1_800_000_000_000

interface Sleeper {
  readonly dueMs: number
  readonly wake: () => void
}

/**
 * A clock that moves only by {@link ManualClock.advance}. Give its `now` to a store and the whole to an engine, and
 * a test that spans days takes no time.
 */
export class ManualClock implements Clock {
  readonly #startAt: EpochMs
  #elapsedMs = 0
  #sleepers: Sleeper[] = []

  constructor(startAt: EpochMs = MANUAL_START) {
    this.#startAt = startAt
  }

  /** Bound to this clock, so that it can be handed on by itself. */
  readonly now = (): EpochMs => this.#startAt + this.#elapsedMs

  monotonicMs(): number {
    return this.#elapsedMs
  }

  sleep(params: Readonly<{ ms: number; signal?: AbortSignal | undefined }>): Promise<void> {
    const { ms, signal } = params
    if (signal?.aborted === true || ms <= 0) return Promise.resolve()
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        dueMs: this.#elapsedMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', sleeper.wake)
          this.#sleepers = this.#sleepers.filter((other) => other !== sleeper)
          resolve()
        },
      }
      signal?.addEventListener('abort', sleeper.wake)
      this.#sleepers.push(sleeper)
    })
  }

  /** How many sleep now. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  /**
   * Moves time on. Sleepers wake in the order in which they are due, each at its own instant, and what they do until
   * they wait again happens before the next one wakes.
   */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#elapsedMs + ms
    for (let next = this.#nextDue(targetMs); next !== null; next = this.#nextDue(targetMs)) {
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs)
      next.wake()
      await turn()
    }
    this.#elapsedMs = targetMs
  }

  #nextDue(targetMs: number): Sleeper | null {
    const due = this.#sleepers.filter((sleeper) => sleeper.dueMs <= targetMs)
    return due.reduce<Sleeper | null>(
      (first, sleeper) => (first === null || sleeper.dueMs < first.dueMs ? sleeper : first),
      null,
    )
  }
}

// One turn of the event loop: all promise callbacks that are ready run in it.
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
