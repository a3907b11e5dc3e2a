import type { ProviderError } from '../../model/provider-error.js'
import type { ReleaseTo } from '../../model/settlement.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { type AccountPauseAdvice, accountPauseOf } from '../retry/account-pause.js'
import { backoffMs } from '../retry/backoff.js'
import {
  askedWaitMs,
  isAccountRefusal,
  isOwnSpendLimit,
  isSpendLimit,
} from '../retry/provider-signal.js'

const BASE_MS = 5 * SECOND_MS
const CAP_MS = 10 * MINUTE_MS

const ABOUT_ACCOUNT: ReadonlySet<number> = new Set([401, 402, 429, 529])

/**
 * Whether a clear "no" to a call in real time is about the request, so that it is booked as its outcome. What is about the account,
 * or about how much is asked of the provider, says nothing about the request. A missing permission is for its model.
 */
export function isAboutRequest(error: ProviderError): boolean {
  if (isSpendLimit(error) || isOwnSpendLimit(error) || isAccountRefusal(error)) return false
  return error.status !== null && !ABOUT_ACCOUNT.has(error.status)
}

/** What follows when a call in real time was refused for a reason of the account, or never left. */
export interface CallRefusal {
  /** What becomes of its request; never counted against it. */
  readonly member: Extract<ReleaseTo, { readonly type: 'waiting' }>
  /** The pause of the account that begins, or goes on. */
  readonly pause: AccountPauseAdvice | null
  /** For how long no other call begins. */
  readonly waitMs: number
}

/**
 * Decides what follows. A 429 or 529 that says how long holds back all calls for that time; a 429 that does not is a cap, and pauses
 * the account.
 */
export function decideCallRefusal(
  error: ProviderError,
  facts: Readonly<{ failures: number; jitter: number }>,
  now: EpochMs,
): CallRefusal {
  const asked = askedWaitMs(error)
  const isSlowDown = error.status === 429 && asked !== null && !isSpendLimit(error)
  const pause = isSlowDown ? null : accountPauseOf(error)
  const ms = backoffMs({ baseMs: BASE_MS, capMs: CAP_MS, ...facts })
  // A pause that is lifted early sends at once.
  const notBefore = pause === null && !isSlowDown ? now + ms : now
  return {
    member: { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
    pause,
    waitMs: pause === null ? (asked ?? 0) : 0,
  }
}
