import type { ProviderError } from '../../model/provider-error.js'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { backoffMs } from './backoff.js'
import { askedWaitMs, isSpendLimit } from './provider-signal.js'

const BASE_MS = SECOND_MS
const CAP_MS = MINUTE_MS
const OVERLOADED_CAP_MS = 10 * MINUTE_MS

/**
 * When to ask again, and why.
 *
 * `passing`: by itself. `asked`: the provider said when. `account`: only somebody outside can mend it, so it is asked
 * slowly. `unexpected`: the provider says that the question is wrong; asking again is unlikely to help.
 */
export interface CallRetry {
  readonly kind: 'passing' | 'asked' | 'account' | 'unexpected'
  /** Whole milliseconds from now, from 0. */
  readonly retryInMs: number
}

/**
 * Decides when a call that changes nothing (list, retrieve, results) is made again after it failed. It always is: what
 * is at the provider must come home, and the only question is how fast.
 *
 * `failures` is how many went before this one in a row; `jitter` is drawn from 0 up to 1 for this call. A wait that the
 * provider asked for is obeyed, up to a day. A 404 is no failure of the call but an answer, and never comes here.
 */
export function classifyCallFailure(
  error: ProviderError,
  facts: Readonly<{ failures: number; jitter: number }>,
): CallRetry {
  const slow = slowWaitMs(error)
  const asked = askedWaitMs(error)
  if (slow !== null) return { kind: 'account', retryInMs: Math.max(slow, asked ?? 0) }
  const capMs = error.status === 529 ? OVERLOADED_CAP_MS : CAP_MS
  if (isUnexpected(error.status)) return { kind: 'unexpected', retryInMs: 15 * MINUTE_MS }
  const own = backoffMs({ baseMs: BASE_MS, capMs, ...facts })
  // The provider's wait is the floor; the jitter on top keeps many callers from coming back at once.
  return asked === null
    ? { kind: 'passing', retryInMs: own }
    : { kind: 'asked', retryInMs: asked + own }
}

function slowWaitMs(error: ProviderError): number | null {
  if (isSpendLimit(error)) return HOUR_MS
  switch (error.status) {
    case 401:
      return 5 * MINUTE_MS
    case 402:
    case 403:
      return 15 * MINUTE_MS
    default:
      return null
  }
}

// A question that is wrong stays wrong; only a time-out, a conflict and a limit pass by themselves.
function isUnexpected(status: number | null): boolean {
  if (status === null || status < 400 || status > 499) return false
  return status !== 408 && status !== 409 && status !== 425 && status !== 429
}
