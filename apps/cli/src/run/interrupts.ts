/**
 * SIGINT and SIGTERM while work is under way: the first asks for a stop at the next good place, the second ends the
 * process at once, which loses nothing either.
 */
export class Interrupts implements Disposable {
  readonly #asked = new AbortController()
  readonly #onSignal = (): void => {
    if (this.#asked.signal.aborted) process.exit(130)
    this.#asked.abort()
  }

  constructor() {
    process.on('SIGINT', this.#onSignal)
    process.on('SIGTERM', this.#onSignal)
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#asked.signal
  }

  /** Lets signals do what they usually do. */
  [Symbol.dispose](): void {
    process.off('SIGINT', this.#onSignal)
    process.off('SIGTERM', this.#onSignal)
  }
}
