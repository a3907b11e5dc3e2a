import { setImmediate } from 'node:timers/promises'

/**
 * Lets the event loop of the process turn between calls.
 *
 * Calls are synchronous work behind promises that are fulfilled at once, and of those a program can await a million
 * without any timer, signal or socket of the process ever having its turn.
 */
export class LoopTurns {
  readonly #everyMs: number
  #lastAt = performance.now()

  /** @param everyMs how long calls may keep the event loop to themselves, milliseconds; Infinity for as long as they last. */
  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  /** Answers a value that is there: at once, or after a turn when it is time for one. */
  after<T>(value: T): T | Promise<T> {
    return performance.now() - this.#lastAt < this.#everyMs ? value : this.#turned(value)
  }

  async #turned<T>(value: T): Promise<T> {
    await setImmediate()
    this.#lastAt = performance.now()
    return value
  }
}
