import type { CallHealth } from '../../model/call-health.js'
import { type EpochMs, MINUTE_MS } from '../../model/time.js'

// Reliability 3.2: as many repeats as a tenth of the calls that went well.
const PER_SUCCESS = 0.1
const MOST = 10
// So that nothing waits for ever where nothing goes well: one repeat a minute.
const EVERY_MS = MINUTE_MS

type Retries = CallHealth['retries']

/** A budget that was never used. */
export const FULL_BUDGET: Retries = { tokens: MOST, at: 0 }

/** Takes the right to repeat one call that failed; or says when there will be one. */
export function takeRetry(
  retries: Retries,
  now: EpochMs,
):
  | { readonly type: 'taken'; readonly retries: Retries }
  | { readonly type: 'wait'; readonly until: EpochMs } {
  const tokens = tokensAt(retries, now)
  if (tokens >= 1) return { type: 'taken', retries: { tokens: tokens - 1, at: now } }
  return { type: 'wait', until: now + Math.ceil((1 - tokens) * EVERY_MS) }
}

/** Adds what a call that went well earns; null when the budget is full already. */
export function withEarned(retries: Retries, now: EpochMs): Retries | null {
  const tokens = tokensAt(retries, now)
  return tokens >= MOST ? null : { tokens: Math.min(MOST, tokens + PER_SUCCESS), at: now }
}

function tokensAt({ tokens, at }: Retries, now: EpochMs): number {
  return Math.min(MOST, tokens + Math.max(0, now - at) / EVERY_MS)
}
