import type { PauseReason } from '../../model/pause.js'
import type { ProviderError } from '../../model/provider-error.js'
import type { ReleaseTo } from '../../model/settlement.js'
import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { type AccountPauseAdvice, accountPauseOf } from './account-pause.js'
import { backoffMs } from './backoff.js'
import type { SlowDown } from './pace.js'
import { askedWaitMs, isSpendLimit, RAMP_CODE } from './provider-signal.js'

const SEND_BASE_MS = 5 * SECOND_MS
const SEND_CAP_MS = 10 * MINUTE_MS
/** Why a batch was not taken. Stable. */
export type RefusalReason =
  | PauseReason
  /** Nothing left us. */
  | 'not_sent'
  /** 400, 413, 422: something about the batch itself, as far as the answer tells. */
  | 'bad_batch'

/** What a refused or unsent create is decided on. */
export interface RefusalFacts {
  /** Sends of the account that failed in a row before this one, as far as known; 0 else. */
  readonly failures: number
  /** From 0 up to 1, drawn once for the submission. */
  readonly jitter: number
  /** Whether batches of the account are at the provider now. */
  readonly hasBatches: boolean
}

/** What to do after a batch was not taken. */
export interface RefusalDecision {
  readonly reason: RefusalReason
  /** What becomes of each member. Never counted against it. `isolate`: it must first be found out what is wrong. */
  readonly members: Extract<ReleaseTo, { readonly type: 'waiting' }> | 'isolate'
  /** The pause that begins, or goes on; null when other batches may go on. */
  readonly pause: AccountPauseAdvice | null
  /** What a 429 asks of all batches of the account; absent for nothing. */
  readonly slow?: SlowDown
}

/**
 * Decides what follows when the provider refused a batch for sure, or when it never left us.
 *
 * A refusal that is about the account pauses it, and its members wait for nothing but that pause, so that lifting it
 * early sends at once. One that could be about the batch (400, 413) says nothing by itself, for it may be about the
 * account after all: `decidePoison` finds out. Answers of 5xx never come here, for they leave open whether the batch was
 * taken.
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
  const slow = slowDownOf(error, facts)
  if (slow !== null) return { reason: 'rate_limited', members: waiting(now), pause: null, slow }
  const pause = accountPauseOf(error)
  if (pause !== null) return { reason: pause.reason, members: waiting(now), pause }
  switch (error.status) {
    case 400:
    case 413:
    case 422:
      return { reason: 'bad_batch', members: 'isolate', pause: null }
    case 408:
    case 409:
      return { reason: 'unknown', members: waiting(now + wait), pause: null }
    default:
      return paused('unknown', Math.max(5 * MINUTE_MS, askedWaitMs(error) ?? 0), now)
  }
}

// A 429 is about how fast or how much is sent, and never about what. Without a wait it is a cap that no retry lifts, such
// as a month's budget, unless work of ours is in line: then the line may be full, and gets shorter when a batch ends.
function slowDownOf(error: ProviderError, { hasBatches }: RefusalFacts): SlowDown | null {
  if (error.status !== 429 || isSpendLimit(error)) return null
  const asked = askedWaitMs(error)
  if (error.code === RAMP_CODE) return { type: 'ramp', ms: asked ?? MINUTE_MS }
  if (asked !== null) return { type: 'wait', ms: Math.max(SECOND_MS, asked) }
  return hasBatches ? { type: 'queue_full' } : null
}

function paused(reason: PauseReason, ms: number, now: EpochMs): RefusalDecision {
  return { reason, members: waiting(now), pause: { reason, ms, mayBeLane: false } }
}

function waiting(notBefore: EpochMs): Extract<ReleaseTo, { readonly type: 'waiting' }> {
  return { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null }
}

function waitOf({ failures, jitter }: RefusalFacts): number {
  return backoffMs({ baseMs: SEND_BASE_MS, capMs: SEND_CAP_MS, failures, jitter })
}
