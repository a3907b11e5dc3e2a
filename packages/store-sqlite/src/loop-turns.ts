import { setImmediate } from 'node:timers/promises'

/** When calls let the event loop turn. */
export interface TurnTimes {
  /** How long calls may keep the event loop to themselves, milliseconds; Infinity for as long as they last. */
  readonly everyMs: number
  /** A clock that never goes back, milliseconds. */
  readonly monotonicMs: () => number
}

/**
 * Lets the event loop of the process turn between calls.
 *
 * Calls are synchronous work behind promises that are fulfilled at once, and of those a program can await a million
 * without any timer, signal or socket of the process ever having its turn.
 */
export class LoopTurns {
  readonly #times: TurnTimes
  #lastAt: number

  constructor(times: TurnTimes) {
    this.#times = times
    this.#lastAt = times.monotonicMs()
  }

  /** Answers a value that is there: at once, or after a turn when it is time for one. */
  after<T>(value: T): T | Promise<T> {
    const { everyMs, monotonicMs } = this.#times
    return monotonicMs() - this.#lastAt < everyMs ? value : this.#turned(value)
  }

  async #turned<T>(value: T): Promise<T> {
    await setImmediate()
    this.#lastAt = this.#times.monotonicMs()
    return value
  }
}
