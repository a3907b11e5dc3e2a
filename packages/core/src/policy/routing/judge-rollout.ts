import { DAY_MS } from '../../model/time.js'
import type { RouteFigures } from './route-tally.js'
import { shareDifference } from './share-difference.js'

/** Percentages of a queue that go in batches, step by step. */
export const ROLLOUT_STEPS: readonly number[] = [0, 10, 50, 100]

/** So many answers by either route tell something. */
const LEAST_DONE = 100
/** As many are usable in batches when it is this sure that no more than so many of a hundred are lost by them. */
const NOT_WORSE = 0.02

/**
 * What speaks for or against a step. Stable.
 *
 * - `first`: nothing goes in batches yet, and a small part would show.
 * - `too_few`: either route has too few answers to compare.
 * - `usable_alike`, `usable_unsure`, `fewer_usable`: whether as many answers of batches are usable.
 * - `in_time`, `too_slow`: whether nine in ten answers of batches come within the time that was given.
 * - `more_late`: more of those that were wanted by an instant come after it.
 * - `dearer`: a request costs no less in batches.
 * - `complete`: all goes in batches.
 */
export type RolloutReason =
  | 'first'
  | 'too_few'
  | 'usable_alike'
  | 'usable_unsure'
  | 'fewer_usable'
  | 'in_time'
  | 'too_slow'
  | 'more_late'
  | 'dearer'
  | 'complete'

/** What a rollout is judged on. */
export interface RolloutFacts {
  /** How much goes in batches now. */
  readonly batchPercent: number
  readonly batch: RouteFigures
  readonly realtime: RouteFigures
  /** Within which time nine in ten answers of batches are to come. Default a day. */
  readonly withinMs?: number | undefined
}

/** Whether a queue may send more in batches. */
export interface RolloutVerdict {
  /** The next percentage; null when all goes in batches. */
  readonly next: number | null
  /** `unsure` is no yet: more answers tell. */
  readonly verdict: 'safe' | 'unsure' | 'unsafe' | 'complete'
  readonly reasons: readonly RolloutReason[]
}

const UNSURE: readonly RolloutReason[] = ['too_few', 'usable_unsure']
const UNSAFE: readonly RolloutReason[] = ['fewer_usable', 'too_slow', 'more_late', 'dearer']

/**
 * Says whether the next step of a rollout is safe, by what both routes came to side by side. Which request goes which way is by its
 * key alone, so that what differs is the route.
 */
export function judgeRollout(facts: RolloutFacts): RolloutVerdict {
  const { batchPercent, batch, realtime } = facts
  const next = ROLLOUT_STEPS.find((step) => step > batchPercent) ?? null
  if (next === null) return { next, verdict: 'complete', reasons: ['complete'] }
  if (batchPercent === 0 && batch.done === 0) return { next, verdict: 'safe', reasons: ['first'] }
  if (Math.min(batch.done, realtime.done) < LEAST_DONE) {
    return { next, verdict: 'unsure', reasons: ['too_few'] }
  }
  const reasons = [...usableReasons(facts), ...timeReasons(facts), ...costReasons(facts)]
  const any = (those: readonly RolloutReason[]): boolean =>
    reasons.some((reason) => those.includes(reason))
  return { next, verdict: any(UNSAFE) ? 'unsafe' : any(UNSURE) ? 'unsure' : 'safe', reasons }
}

function usableReasons({ batch, realtime }: RolloutFacts): readonly RolloutReason[] {
  const { low, high } = shareDifference(
    { count: batch.usable, of: batch.done },
    { count: realtime.usable, of: realtime.done },
  )
  if (high < 0) return ['fewer_usable']
  return [low > -NOT_WORSE ? 'usable_alike' : 'usable_unsure']
}

function timeReasons({ batch, realtime, withinMs }: RolloutFacts): readonly RolloutReason[] {
  const isInTime = (batch.nineInTenWithinMs ?? 0) <= (withinMs ?? DAY_MS)
  const { low } = shareDifference(
    { count: batch.late, of: batch.wanted },
    { count: realtime.late, of: realtime.wanted },
  )
  const isLate = batch.wanted > 0 && realtime.wanted > 0 && low > 0
  return [isInTime ? 'in_time' : 'too_slow', ...(isLate ? (['more_late'] as const) : [])]
}

function costReasons({ batch, realtime }: RolloutFacts): readonly RolloutReason[] {
  const [one, other] = [costOfEach(batch), costOfEach(realtime)]
  return one !== null && other !== null && one >= other ? ['dearer'] : []
}

/** What a request cost on average by a route, in nano-dollars; null when none has a known price, or all were free. */
export function costOfEach({ done, unpriced, paidNano }: RouteFigures): number | null {
  const priced = done - unpriced
  return priced === 0 || paidNano === 0 ? null : paidNano / priced
}
