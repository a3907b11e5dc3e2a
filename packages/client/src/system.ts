import { performance } from 'node:perf_hooks'

/** The instant, for when a call was made. Epoch milliseconds. */
export function systemNow(): number {
  return Date.now()
}

/** A clock that never goes back, for how long a call took. Milliseconds. */
export function monotonicMs(): number {
  return performance.now()
}
