import { type EpochMs, SECOND_MS } from '../model/time.js'

/** A date that the provider gave, and the store's clock around the call that asked for it. */
export interface ClockReading {
  readonly askedAt: EpochMs
  readonly serverAt: EpochMs
  readonly answeredAt: EpochMs
}

// Deadlines and leases stand a few seconds; half a minute is a clock that nobody sets.
const SKEW_TOLD_MS = 30 * SECOND_MS
// The provider's dates are cut to seconds.
const DATE_STEP_MS = SECOND_MS

/**
 * By how much the store's clock is surely wrong against the provider's, in ms: positive when it is ahead. Null within 30
 * seconds, and while the call took so long that nothing can be said.
 */
export function clockSkew({ askedAt, serverAt, answeredAt }: ClockReading): number | null {
  const ahead = askedAt - (serverAt + DATE_STEP_MS)
  if (ahead > SKEW_TOLD_MS) return ahead
  const behind = serverAt - answeredAt
  return behind > SKEW_TOLD_MS ? -behind : null
}
