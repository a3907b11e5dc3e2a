import type { Pace } from '../../model/call-health.js'
import { type EpochMs, HOUR_MS, MINUTE_MS } from '../../model/time.js'

// Batches a minute from which on no rate is kept any more; each holds up to 100,000 requests.
const FULL_RATE = 12
const LEAST_RATE = 0.1
const MORE_EACH = 1
// A batch takes a day at most, but the line may get shorter by others' batches too.
const QUEUE_FULL_MS = HOUR_MS

/** No rate is kept, and nobody asked for anything. */
export const FREE_PACE: Pace = {
  askedAt: 0,
  notBefore: 0,
  perMinute: null,
  lastAt: 0,
  queueFull: null,
}

/**
 * What the provider asked of the account by a 429.
 *
 * `wait`: nothing for so long. `ramp`: the same, and to grow more slowly. `queue_full`: too many requests are in line.
 */
export type SlowDown =
  | { readonly type: 'wait' | 'ramp'; readonly ms: number }
  | { readonly type: 'queue_full' }

/** When the next batch may be made, at the earliest. */
export function nextCreateAt(pace: Pace): EpochMs {
  const { notBefore, perMinute, lastAt, queueFull } = pace
  const spacedAt = perMinute === null ? 0 : lastAt + Math.ceil(MINUTE_MS / perMinute)
  return Math.max(notBefore, spacedAt, queueFull?.until ?? 0)
}

/**
 * Obeys a 429 that came `at` an instant: the account's next batches wait, whichever they are. A rate that grew too fast
 * is halved. Null when it is known already.
 */
export function withSlowDown(pace: Pace, asked: SlowDown, at: EpochMs): Pace | null {
  if (at <= pace.askedAt) return null
  if (asked.type === 'queue_full') {
    return { ...pace, askedAt: at, queueFull: { since: at, until: at + QUEUE_FULL_MS } }
  }
  const rate = Math.min(FULL_RATE, pace.perMinute ?? FULL_RATE)
  return {
    ...pace,
    askedAt: at,
    notBefore: Math.max(pace.notBefore, at + asked.ms),
    perMinute: asked.type === 'ramp' ? Math.max(LEAST_RATE, rate / 2) : rate,
  }
}

/** Notes that a batch is begun; null when no rate is kept, so that nothing needs to be noted. */
export function withBegun(pace: Pace, now: EpochMs): Pace | null {
  return pace.perMinute === null ? null : { ...pace, lastAt: now }
}

/** Notes that a batch was taken: the rate grows by one, until none is kept; null when none is. */
export function withTaken(pace: Pace): Pace | null {
  if (pace.perMinute === null) return null
  const perMinute = pace.perMinute + MORE_EACH
  return { ...pace, perMinute: perMinute > FULL_RATE ? null : perMinute }
}

/** Notes that a batch of ours ended, so that the provider's line has room again; null when none was missed. */
export function withRoom(pace: Pace): Pace | null {
  return pace.queueFull === null ? null : { ...pace, queueFull: null }
}
