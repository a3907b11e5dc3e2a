/**
 * Lets hints through: the first at once, those that follow it within a while as one, when that while is over.
 *
 * So however many come, what they lead to happens at most once in that time, and what the last one was about is seen.
 */
export class HintGate {
  readonly #gapMs: number
  readonly #onHint: () => void
  #timer: NodeJS.Timeout | null = null
  #isOneWaiting = false

  /** @param gapMs - least time between two that get through, milliseconds. */
  constructor(params: { readonly gapMs: number; readonly onHint: () => void }) {
    this.#gapMs = params.gapMs
    this.#onHint = params.onHint
  }

  /** Takes a hint. */
  hint(): void {
    if (this.#timer === null) this.#let()
    else this.#isOneWaiting = true
  }

  /** Forgets the one that waits. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#isOneWaiting = false
  }

  #let(): void {
    this.#isOneWaiting = false
    this.#timer = setTimeout(() => {
      this.#timer = null
      if (this.#isOneWaiting) this.#let()
    }, this.#gapMs)
    this.#timer.unref()
    this.#onHint()
  }
}
