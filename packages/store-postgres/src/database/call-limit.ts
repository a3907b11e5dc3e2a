import { StoreUnavailableError } from '@halfrate/core'
import { causeText } from './translate-error.js'

/** What a {@link CallLimit} is made of. */
export interface CallLimitOptions {
  /** The store as it may be printed. */
  readonly place: string
  /** For the whole call, milliseconds; may be infinite. */
  readonly callMs: number
  /** For one answer, milliseconds. */
  readonly answerMs: number
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
}

/** The time that one call of the store may take, with all of its tries. */
export class CallLimit {
  readonly #options: CallLimitOptions
  readonly #endsAt: number

  constructor(options: CallLimitOptions) {
    this.#options = options
    this.#endsAt = options.monotonicMs() + options.callMs
  }

  /** What is left of it, milliseconds; 0 when it is over. */
  get leftMs(): number {
    return Math.max(0, this.#endsAt - this.#options.monotonicMs())
  }

  /** How long to wait for an answer, milliseconds, at least 1. */
  readonly answerMs = (): number => Math.max(1, Math.min(this.#options.answerMs, this.leftMs))

  /** The error of a call that has used it up, with the last thing that went wrong. */
  exceeded(cause: unknown): StoreUnavailableError {
    const { place, callMs } = this.#options
    return new StoreUnavailableError(
      `${place}: not done within ${callMs / 1_000} s, the longest that a call may take: ${causeText(cause)}.`,
      { cause },
    )
  }
}
