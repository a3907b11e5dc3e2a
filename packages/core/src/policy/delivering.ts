import { InvariantError } from '../errors.js'
import type { Delivery } from '../model/delivery.js'
import type { RequestId } from '../model/ids.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../model/time.js'
import { backoffMs } from './retry/backoff.js'

/** A handler that failed so often, one after the other, is left alone for a while. */
export const MOST_FAILURES_IN_ROW = 10

const LONGEST_RETRY_MS = 5 * MINUTE_MS

/**
 * How long a result rests that the handler did not take, milliseconds: 1 second after the first try, twice as long after
 * each further one, 5 minutes at most; of that the last half by chance.
 *
 * @param params - `tries`: how many went before the one that failed, from 0. `jitter`: from 0 to below 1.
 */
export function redeliverAfterMs(params: Readonly<{ tries: number; jitter: number }>): number {
  const half = Math.min(LONGEST_RETRY_MS, SECOND_MS * 2 ** Math.max(0, params.tries)) / 2
  const { jitter } = params
  return half + backoffMs({ baseMs: half, capMs: half, failures: 0, jitter })
}

/** A delivery as an acknowledgement finds it. */
export interface AckFacts extends Pick<Delivery, 'id' | 'count' | 'position' | 'tries'> {
  /** All of its requests, in their order. */
  readonly requestIds: readonly RequestId[]
}

/** What a handler did with a delivery up to a place. */
export interface Ack {
  /** Everything before it was tried. */
  readonly position: number
  /** Which of these were not taken, and when they are handed over again; null when all were. */
  readonly notTaken: { readonly requestIds: readonly RequestId[]; readonly dueAt: EpochMs } | null
}

/** What an acknowledgement does to a delivery. */
export interface AckEffect {
  /** The delivery's place from now on; never before the one it had. */
  readonly position: number
  /** How many are left in it. With 0 it is over, and is removed. */
  readonly left: number
  /** What becomes a delivery of its own, made when this one was; null for nothing. */
  readonly setAside: Readonly<{
    requestIds: readonly RequestId[]
    tries: number
    dueAt: EpochMs
  }> | null
}

/**
 * Decides what an acknowledgement does: the delivery moves on, and of what it passes there the requests that were not
 * taken are set aside, with one try more. The same one again, or an older one, passes nothing and changes nothing.
 *
 * @throws {InvariantError} when it goes beyond the delivery's end.
 */
export function applyAck(facts: AckFacts, { position: upTo, notTaken }: Ack): AckEffect {
  const { id, count, requestIds } = facts
  if (upTo > count) throw new InvariantError(`Delivery ${id} has ${count} requests.`)
  const position = Math.max(facts.position, upTo)
  const failed = new Set(notTaken?.requestIds)
  const again = requestIds.slice(facts.position, position).filter((each) => failed.has(each))
  const setAside =
    notTaken === null || again.length === 0
      ? null
      : { requestIds: again, tries: facts.tries + 1, dueAt: notTaken.dueAt }
  return { position, left: count - position, setAside }
}
