import type { Result } from '../jobs/result.js'

/** What a handler is told beside the result. */
export interface ResultDelivery {
  /** How often this result was not taken, or put off because ten before it were not; a crash counts as no try. */
  readonly tries: number
  /** Aborted when nobody waits for the handler any more; the result comes again then. */
  readonly signal: AbortSignal
}

/**
 * Takes a result by resolving, and rejects, or throws, when it must come again. Gets each at least once: `result.id`
 * stays, so that what is done with it can be made to count once.
 */
export type ResultHandler<Output = unknown> = (
  result: Result<Output>,
  delivery: ResultDelivery,
) => Promise<void> | void

/** A result that a handler did not take. */
export interface NotTakenResult {
  /** Null when the result itself could not be made, which is a bug of ours. */
  readonly result: Result | null
  /** How often it was tried by now. */
  readonly tries: number
}

/** How results are handed over. */
export interface OnResultOptions {
  /** Most results of the queue that are with the handler of this process at a time, 1 to 1,000. Default 1, in order. */
  readonly concurrency?: number | undefined
  /** Is told each error of the handler. Default: only the observer of the whole is. Must not throw and must not wait. */
  readonly onError?: ((error: unknown, failed: NotTakenResult) => void) | undefined
}

/** That the results of a queue are handed over, in this process and after its end. */
export interface ResultSubscription {
  /**
   * Resolves as soon as the store keeps results for the handler: each request that ends from then on is handed over. An
   * enqueue, a run, a start and a tick of the same Halfrate wait for it by themselves.
   *
   * @throws {StoreUnavailableError} when the store did not answer; ask again.
   * @throws {ConfigError} when it was ended.
   */
  ready(): Promise<void>
  /**
   * Ends it for good: nothing is kept any more, and what was not handed over is forgotten. A process that only goes away
   * must not call it. Another process that has a handler for the queue begins anew with its next {@link ready}.
   *
   * @throws {StoreUnavailableError} when the store did not answer; call it again.
   */
  end(): Promise<void>
}
