import type { EpochMs } from '../model/time.js'

/** Time for the engine. Leases and schedules are judged by the store's `now()`, never by this one. */
export interface Clock {
  /** The instant, for what people see. */
  now(): EpochMs
  /** Milliseconds since some fixed moment; never goes back, unlike {@link Clock.now}. */
  monotonicMs(): number
  /**
   * Resolves after `ms`, or at once when the signal is aborted. Never rejects.
   */
  sleep(params: Readonly<{ ms: number; signal?: AbortSignal | undefined }>): Promise<void>
}
