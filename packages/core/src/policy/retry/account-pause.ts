import type { PauseReason } from '../../model/pause.js'
import type { ProviderError } from '../../model/provider-error.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { askedWaitMs, isAccountRefusal, isOwnSpendLimit, isSpendLimit } from './provider-signal.js'

/** What a refusal says about the account, and how long until the next probe. */
export interface AccountPauseAdvice {
  readonly reason: PauseReason
  /** Whole milliseconds, from 1,000. */
  readonly ms: number
  /** Whether it may be about the headers of the batch alone (betas, user profile), so that others may pass. */
  readonly mayBeLane: boolean
}

/**
 * What an error says about the account as a whole; null when it says nothing about it.
 *
 * The times between probes: a key every 5 minutes, billing and permissions every 15, a spend limit every hour, 429 when
 * the provider says, and hourly when it does not, for then it is a cap that no retry lifts. Reliability 3.1.
 */
export function accountPauseOf(error: ProviderError): AccountPauseAdvice | null {
  const asked = askedWaitMs(error)
  const advice = (reason: PauseReason, ms: number, mayBeLane = false): AccountPauseAdvice => ({
    reason,
    ms: Math.max(ms, asked ?? 0),
    mayBeLane,
  })
  if (isSpendLimit(error) || isOwnSpendLimit(error)) return advice('spend_limit', HOUR_MS)
  if (isAccountRefusal(error)) return advice('account_refused', HOUR_MS)
  switch (error.status) {
    case 401:
      return advice('key_refused', 5 * MINUTE_MS)
    case 402:
      return advice('billing', 15 * MINUTE_MS)
    case 403:
      return advice('account_refused', 15 * MINUTE_MS, true)
    case 429:
      return advice('rate_limited', asked === null ? HOUR_MS : SECOND_MS)
    default:
      return null
  }
}
