import { MINUTE_MS, SECOND_MS } from '../model/time.js'
import { backoffMs } from './retry/backoff.js'

/** A handler that failed so often, one after the other, is left alone for a while. */
export const MOST_FAILURES_IN_ROW = 10

const LONGEST_RETRY_MS = 5 * MINUTE_MS

/**
 * How long a result rests that the handler did not take, milliseconds: 1 second after the first try, twice as long after
 * each further one, 5 minutes at most; of that the last half by chance.
 *
 * @param params - `tries`: how many went before the one that failed, from 0. `jitter`: from 0 to below 1.
 */
export function redeliverAfterMs(params: Readonly<{ tries: number; jitter: number }>): number {
  const half = Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** Math.max(0, params.tries)) / 2
  const { jitter } = params
  return half + backoffMs({ baseMs: half, capMs: half, failures: 0, jitter })
}
