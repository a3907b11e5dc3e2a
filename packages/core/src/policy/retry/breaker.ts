import type { Breaker } from '../../model/call-health.js'
import type { ProviderError } from '../../model/provider-error.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../model/time.js'

// Reliability 3.2: open at five in a row, or at more than half of twenty or more in a minute.
const IN_A_ROW = 5
const LEAST_CALLS = 20
const WINDOW_MS = MINUTE_MS
const OPEN_MS = 30 * SECOND_MS
const LONGEST_OPEN_MS = 10 * MINUTE_MS

/** Whether a call may be made: freely, as the one that probes, or not before `until`. */
export type BreakerGate =
  | { readonly type: 'pass' }
  | { readonly type: 'probe' }
  | { readonly type: 'wait'; readonly until: EpochMs }

/** A breaker that knows of no failure. */
export const CLOSED: Breaker = { failuresInARow: 0, window: null, openUntil: null, opened: 0 }

/** Decides whether a call may be made. */
export function breakerGate(breaker: Breaker, now: EpochMs): BreakerGate {
  const { openUntil } = breaker
  if (openUntil === null) return { type: 'pass' }
  return openUntil > now ? { type: 'wait', until: openUntil } : { type: 'probe' }
}

/** Gives the right to probe away: the next one may go when this one should long have an answer. */
export function withProbeOut(breaker: Breaker, now: EpochMs): Breaker {
  return { ...breaker, openUntil: now + openMs(breaker.opened) }
}

/** Counts a call that failed for a passing reason; opens when there were too many. */
export function withFailure(breaker: Breaker, now: EpochMs): Breaker {
  const isFresh = breaker.window !== null && now - breaker.window.since <= WINDOW_MS
  const window = isFresh ? breaker.window : { since: now, good: 0, failed: 0 }
  const failed = (window?.failed ?? 0) + 1
  const good = window?.good ?? 0
  const failuresInARow = breaker.failuresInARow + 1
  const isMost = failed + good >= LEAST_CALLS && failed > good
  const isOpen = breaker.opened > 0 || failuresInARow >= IN_A_ROW || isMost
  const opened = isOpen ? breaker.opened + 1 : 0
  return {
    failuresInARow,
    window: { since: window?.since ?? now, good, failed },
    openUntil: isOpen ? now + openMs(opened) : null,
    opened,
  }
}

/** Counts a call that was answered, with whatever; null when nothing is to be noted, as long as nothing fails. */
export function withAnswer(breaker: Breaker, now: EpochMs): Breaker | null {
  const { window } = breaker
  const isFresh = window !== null && now - window.since <= WINDOW_MS
  const isQuiet = breaker.failuresInARow === 0 && breaker.opened === 0
  if (isQuiet && !isFresh) return window === null ? null : CLOSED
  const counted = isFresh ? { ...window, good: window.good + 1 } : null
  // Whatever came before it opened is settled by the answer that closed it.
  return { ...CLOSED, window: breaker.opened > 0 ? null : counted }
}

/**
 * Whether an error says that the service, or the way to it, is in trouble, which passes. Refusals do not: who says no
 * works.
 */
export function isPassingFailure(error: ProviderError): boolean {
  const { status } = error
  return status === null || status === 408 || status >= 500
}

function openMs(opened: number): number {
  return Math.min(LONGEST_OPEN_MS, OPEN_MS * 2 ** Math.min(10, Math.max(0, opened - 1)))
}
