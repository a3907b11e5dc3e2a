import type { PauseReason } from '../../model/pause.js'
import type { ProviderError } from '../../model/provider-error.js'
import type { ReleaseTo } from '../../model/settlement.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { type AccountPauseAdvice, accountPauseOf } from './account-pause.js'
import { backoffMs } from './backoff.js'
import { askedWaitMs } from './provider-signal.js'

const SEND_BASE_MS = 5 * SECOND_MS
const SEND_CAP_MS = 10 * MINUTE_MS
/** With this many refusals in a row and nothing taken between them, the fault lies in no single request. */
const WIDE_REFUSALS = 20

/** Why a batch was not taken. Stable. */
export type RefusalReason =
  | PauseReason
  /** Nothing left us. */
  | 'not_sent'
  /** 413: smaller batches may pass. */
  | 'too_large'
  /** 400: something in the batch, found by halving. */
  | 'bad_batch'

/** What a refused or unsent create is decided on. */
export interface RefusalFacts {
  /** Requests in the batch. */
  readonly requestCount: number
  /** Sends of the account that failed in a row before this one, as far as known; 0 else. */
  readonly failures: number
  /** From 0 up to 1, drawn once for the submission. */
  readonly jitter: number
}

/** What to do after a batch was not taken. */
export interface RefusalDecision {
  readonly reason: RefusalReason
  /** What becomes of each member. Never counted against it. */
  readonly members: ReleaseTo
  /** The pause that begins, or goes on; null when other batches may go on. */
  readonly pause: AccountPauseAdvice | null
}

/**
 * Decides what follows when the provider refused a batch for sure, or when it never left us.
 *
 * A refusal that is about the account pauses it, and its members wait for nothing but that pause, so that lifting it
 * early sends at once. One that is about the batch (400, 413) halves the batches that its members join until a single
 * request is refused, which is then `rejected`: a half that is accepted is real work, not waste. Answers of 5xx
 * never come here, for they leave open whether the batch was taken.
 *
 * One bad request among 100,000 is found in 17 halvings, with accepted batches between. So when twenty refusals follow
 * each other, what is refused is most likely what all batches share (a header, the account). Splitting on at that pace
 * would make a call for every request and fail them all: the account is paused between the tries instead, and no
 * request is rejected until something is taken again.
 *
 * The provider checks `params` only while it works on a batch, so a 400 at this door is about the envelope or the
 * headers that we sent, or about the account: by code where it gives one, by wording for the one limit without a code.
 *
 * `now` and the facts are the same for all members of a submission: pass the instant of its verdict.
 */
export function decideRefusal(
  error: ProviderError,
  facts: RefusalFacts,
  now: EpochMs,
): RefusalDecision {
  const wait = waitOf(facts)
  if (error.status === null) {
    return { reason: 'not_sent', members: waiting(now + wait), pause: null }
  }
  const pause = accountPauseOf(error)
  if (pause !== null) return { reason: pause.reason, members: waiting(now), pause }
  switch (error.status) {
    case 400:
    case 422:
      return smaller('bad_batch', error, facts, now)
    case 413:
      return smaller('too_large', error, facts, now)
    case 408:
    case 409:
      return { reason: 'unknown', members: waiting(now + wait), pause: null }
    default:
      return paused('unknown', Math.max(5 * MINUTE_MS, askedWaitMs(error) ?? 0), now)
  }
}

function smaller(
  reason: 'bad_batch' | 'too_large',
  error: ProviderError,
  facts: RefusalFacts,
  now: EpochMs,
): RefusalDecision {
  const isWide = reason === 'bad_batch' && facts.failures >= WIDE_REFUSALS
  if (facts.requestCount <= 1 && !isWide) {
    const detail = error.code ?? error.type
    const verdict = { status: 'failed', reason: 'rejected', detail } as const
    return { reason, members: { type: 'done', verdict }, pause: null }
  }
  const half = Math.max(1, Math.ceil(facts.requestCount / 2))
  return isWide
    ? { ...paused('batches_refused', 15 * MINUTE_MS, now), reason, members: waiting(now, half) }
    : { reason, members: waiting(now + waitOf(facts), half), pause: null }
}

function paused(reason: PauseReason, ms: number, now: EpochMs): RefusalDecision {
  return { reason, members: waiting(now), pause: { reason, ms, mayBeLane: false } }
}

function waiting(notBefore: EpochMs, batchLimit: number | null = null): ReleaseTo {
  return { type: 'waiting', notBefore, countAs: 'nothing', batchLimit }
}

function waitOf({ failures, jitter }: RefusalFacts): number {
  return backoffMs({ baseMs: SEND_BASE_MS, capMs: SEND_CAP_MS, failures, jitter })
}
