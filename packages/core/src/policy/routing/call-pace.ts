import type { CallLimit, CallPace, CallSlot, RateLimits } from '../../model/call-pace.js'
import type { SubmissionId } from '../../model/ids.js'
import { DAY_MS, type EpochMs } from '../../model/time.js'

/** Nothing is under way, and nobody asked for anything. */
export const FREE_CALL_PACE: CallPace = { slots: [], notBefore: 0, limits: {} }

const LIMITS: readonly CallLimit[] = ['requests', 'tokens', 'inputTokens', 'outputTokens']

// Calls that are begun without headers newer than them take from the requests alone; what tokens they use is told by their answers.
const TAKES_ONE: CallLimit = 'requests'

/** What came of asking for a slot. */
export type SlotAnswer =
  | { readonly type: 'begin'; readonly pace: CallPace }
  /** `until`: when there may be one; null for when a call ends. */
  | { readonly type: 'wait'; readonly until: EpochMs | null }

/**
 * Decides whether one more call may begin: while fewer than `most` are under way, the provider asked for no wait, and its headers
 * left something of each limit or the limit is whole again.
 */
export function takeSlot(
  pace: CallPace,
  call: CallSlot & { readonly most: number },
  now: EpochMs,
): SlotAnswer {
  const { most, ...slot } = call
  const slots = pace.slots.filter(
    ({ until, submissionId }) => until > now && submissionId !== slot.submissionId,
  )
  const freeAt = limitedUntil(pace, now)
  if (freeAt > now) return { type: 'wait', until: freeAt }
  if (slots.length >= most) return { type: 'wait', until: null }
  const requests = pace.limits[TAKES_ONE]
  const limits =
    requests === undefined || requests.resetAt <= now
      ? pace.limits
      : { ...pace.limits, [TAKES_ONE]: { ...requests, remaining: requests.remaining - 1 } }
  return { type: 'begin', pace: { ...pace, slots: [...slots, slot], limits } }
}

function limitedUntil({ notBefore, limits }: CallPace, now: EpochMs): EpochMs {
  const resets = LIMITS.map((name) => {
    const limit = limits[name]
    return limit === undefined || limit.remaining > 0 || limit.resetAt <= now ? 0 : limit.resetAt
  })
  return Math.max(notBefore, ...resets)
}

/** Gives a slot back; null when it is not held. */
export function withoutSlot(pace: CallPace, submissionId: SubmissionId): CallPace | null {
  const slots = pace.slots.filter((slot) => slot.submissionId !== submissionId)
  return slots.length === pace.slots.length ? null : { ...pace, slots }
}

/**
 * Notes what the headers of an answer said. Their instants are on the provider's clock, so only how far they lie ahead counts; a reset
 * more than a day ahead is a mistake.
 */
export function withLimits(
  pace: CallPace,
  said: { readonly limits: RateLimits; readonly serverAt: EpochMs },
  now: EpochMs,
): CallPace {
  const limits = { ...pace.limits }
  for (const name of LIMITS) {
    const limit = said.limits[name]
    if (limit === undefined) continue
    const aheadMs = Math.min(DAY_MS, Math.max(0, limit.resetAt - said.serverAt))
    limits[name] = { remaining: limit.remaining, resetAt: now + aheadMs }
  }
  return { ...pace, limits }
}

/** Obeys a wait that the provider asked for. */
export function withWait(pace: CallPace, ms: number, now: EpochMs): CallPace {
  return { ...pace, notBefore: Math.max(pace.notBefore, now + ms) }
}
