import { InvariantError } from '../../errors.js'
import type { OpenOutcome } from '../../model/open-outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { ReasonCode, Verdict } from '../../model/request.js'
import type { ReleaseTo } from '../../model/settlement.js'
import { type EpochMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../model/time.js'
import { CANCELED } from '../release.js'
import { successVerdict } from '../results/success-verdict.js'
import type { AnswerStory } from './answer-story.js'
import { backoffMs } from './backoff.js'
import { isContinued } from './continued-turn.js'
import { otherModelFor } from './other-model.js'
import { raisedCapFor } from './raised-cap.js'
import { isRepaired } from './repaired-output.js'

const REDO_BASE_MS = 30 * SECOND_MS
const REDO_CAP_MS = HOUR_MS
/** A request whose error nobody knows is not tried more often than this, whatever the policy allows. */
const MAX_UNKNOWN_FAILURES = 3
/** From this many expiries on a request goes into smaller batches. */
const EXPIRIES_BEFORE_SMALLER = 2
const SMALLER_BY = 10

// What to do about an errored line, by the provider's `error.type`. Fact sheet section 6, 2026-11-21.
const ERROR_KINDS: ReadonlyMap<string, 'permanent' | 'passing' | 'account'> = new Map([
  ['invalid_request_error', 'permanent'],
  ['not_found_error', 'permanent'],
  ['permission_error', 'permanent'],
  ['request_too_large', 'permanent'],
  ['api_error', 'passing'],
  ['overloaded_error', 'passing'],
  ['timeout_error', 'passing'],
  ['rate_limit_error', 'passing'],
  ['conflict_error', 'passing'],
  ['authentication_error', 'account'],
  ['billing_error', 'account'],
])

/** Every type of error that the provider is known to give a request, as `Verdict.detail` has it; it may have others. */
export const PROVIDER_ERROR_TYPES: readonly string[] = [...ERROR_KINDS.keys()]

const ACCOUNT_WAIT_MS: Readonly<Record<string, number>> = {
  authentication_error: 5 * MINUTE_MS,
  billing_error: 15 * MINUTE_MS,
}

/** What a member without a usable success is decided on. */
export interface OutcomeFacts {
  readonly member: Omit<OpenOutcome, 'ordinal' | 'requestId' | 'deadlineAt' | 'itemBytes'>
  readonly policy: Pick<
    QueuePolicy,
    | 'maxFailures'
    | 'giveUpAfterMs'
    | 'accept'
    | 'raiseMaxTokensTo'
    | 'continueAtMost'
    | 'askRefusedOf'
    | 'outputSchema'
  >
  /** Of a success. */
  readonly story?: AnswerStory | undefined
  readonly submission: {
    /** How many requests the batch held. */
    readonly requestCount: number
    /** From when waits are counted; null for now. The same for all members, whenever their page is decided. */
    readonly endedAt: EpochMs | null
    /** From 0 up to 1; `jitterOf` its nonce. The same for all members. */
    readonly jitter: number
  }
}

/** A member that waits again once its body was changed. */
export interface AskAgain {
  /** With a higher cap, with the answer that paused behind what was said, of another model, or with what is wrong with the answer. */
  readonly type: 'raise' | 'continue' | 'other_model' | 'repair'
  /** The cap from then on. */
  readonly maxTokens: number
  /** The other model. */
  readonly model?: string | undefined
  /** What is wrong with the answer. */
  readonly problem?: string | undefined
  readonly notBefore: EpochMs
  /** How its request ends where that can't be done. */
  readonly otherwise: Verdict
}

/** What becomes of a member: as it stands, or with a body that is to be changed first. */
export type OutcomeDecision = ReleaseTo | AskAgain

/**
 * Decides what becomes of a member whose attempt brought no success that ended its request, at close.
 *
 * Members of one submission that failed equally often wait until the same instant, so that they travel together. Only
 * failures of the request itself are counted against it: not expiries, not cancels from outside, not the account's
 * troubles, not a line that never came though it is proven that it was not paid.
 *
 * Errors and expiries end when the queue's `giveUpAfterMs` is over. A canceled request ends canceled, never waits.
 *
 * An answer that was cut off and was left for this moment is sent once more with a higher cap, one that paused goes on,
 * one that was refused is asked of another model, and one of the wrong form goes back with what is wrong with it, if the policy still says so; else it ends its request as it is.
 *
 * @throws {InvariantError} for any other success, which has its verdict when it is booked and is never decided here.
 */
export function decideOutcome(facts: OutcomeFacts, now: EpochMs): OutcomeDecision {
  const { member, submission } = facts
  if (member.outcome === 'succeeded') return decideLeft(facts, now)
  if (member.cancelRequested) return { type: 'done', verdict: CANCELED }
  switch (member.outcome) {
    case 'errored':
      return decideErrored(facts, now)
    case 'expired':
      return decideExpired(facts, now)
    case 'canceled':
    case null:
      return waiting(submission.endedAt ?? now, 'nothing')
  }
}

function decideLeft(facts: OutcomeFacts, now: EpochMs): OutcomeDecision {
  const { member, policy, submission } = facts
  const { usability, maxTokens } = member
  if (usability !== 'cut_off' && usability !== 'refused' && usability !== 'output_invalid') {
    throw new InvariantError('A success was left without a verdict when its submission closed.')
  }
  const story = facts.story ?? UNTOLD[usability]
  const { stopReason, problem } = story
  const otherwise = successVerdict({ usability, stopReason, problem }, policy)
  const isOver = member.cancelRequested || isGivenUp(facts, now)
  if (isOver) return { type: 'done', verdict: otherwise }
  const again = { maxTokens, notBefore: submission.endedAt ?? now, otherwise }
  const raisedTo = raisedCapFor(member, story, policy)
  if (raisedTo !== null) return { ...again, type: 'raise', maxTokens: raisedTo }
  if (isContinued(story, policy)) return { ...again, type: 'continue' }
  if (problem !== null && isRepaired(usability, story, policy)) {
    return { ...again, type: 'repair', problem }
  }
  const model = otherModelFor(story, policy)
  return model === null
    ? { type: 'done', verdict: otherwise }
    : { ...again, type: 'other_model', model }
}

// What is known of an answer whose line can't be read again.
const UNTOLD: Readonly<Record<'cut_off' | 'refused' | 'output_invalid', AnswerStory>> = {
  cut_off: { stopReason: 'max_tokens', reasons: [], model: null, mostTokens: null, problem: null },
  refused: { stopReason: 'refusal', reasons: [], model: null, mostTokens: null, problem: null },
  output_invalid: { stopReason: null, reasons: [], model: null, mostTokens: null, problem: null },
}

function decideErrored(facts: OutcomeFacts, now: EpochMs): ReleaseTo {
  const { member, policy, submission } = facts
  const type = member.errorType
  const kind = type === null ? undefined : ERROR_KINDS.get(type)
  if (kind === 'permanent') return failed('errored', type)
  if (isGivenUp(facts, now)) return failed('gave_up', type)
  const since = submission.endedAt ?? now
  if (kind === 'account') return waiting(since + (ACCOUNT_WAIT_MS[type ?? ''] ?? 0), 'nothing')
  const most =
    kind === undefined ? Math.min(MAX_UNKNOWN_FAILURES, policy.maxFailures) : policy.maxFailures
  if (member.failureCount + 1 >= most) return failed('gave_up', type)
  const wait = backoffMs({
    baseMs: REDO_BASE_MS,
    capMs: REDO_CAP_MS,
    failures: member.failureCount,
    jitter: submission.jitter,
  })
  return waiting(since + wait, 'failure')
}

// An expiry is not billed and no fault of the request; a smaller batch is likelier to be reached within the day.
function decideExpired(facts: OutcomeFacts, now: EpochMs): ReleaseTo {
  if (isGivenUp(facts, now)) return failed('expired', null)
  const { member, submission } = facts
  const isOften = member.expiryCount + 1 >= EXPIRIES_BEFORE_SMALLER
  const smaller = Math.max(1, Math.ceil(submission.requestCount / SMALLER_BY))
  return waiting(submission.endedAt ?? now, 'expiry', isOften ? smaller : null)
}

function isGivenUp({ member, policy }: OutcomeFacts, now: EpochMs): boolean {
  return now - member.createdAt >= policy.giveUpAfterMs
}

function failed(reason: ReasonCode, detail: string | null): ReleaseTo {
  const verdict: Verdict = { status: 'failed', reason, detail }
  return { type: 'done', verdict }
}

function waiting(
  notBefore: EpochMs,
  countAs: 'failure' | 'expiry' | 'nothing',
  batchLimit: number | null = null,
): ReleaseTo {
  return { type: 'waiting', notBefore, countAs, batchLimit }
}
