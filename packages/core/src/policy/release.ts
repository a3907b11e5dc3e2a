import type { OutcomeType } from '../model/outcome.js'
import type { OnLostAnswer } from '../model/queue-policy.js'
import type { Verdict } from '../model/request.js'
import type { ReleaseEffect, ReleaseFacts, ReleaseTo } from '../model/settlement.js'
import type { Submission } from '../model/submission.js'

/** The part of a release move that decides. */
export interface ReleaseDecision {
  /** The outcome that was decided on. */
  readonly outcome: OutcomeType | null
  readonly to: ReleaseTo
}

/** How a request ends that was canceled by the caller. */
export const CANCELED: Verdict = { status: 'canceled', reason: 'canceled', detail: null }

/**
 * Whether the members of a lost submission fail as possibly paid; otherwise they wait to be sent again. A person's
 * decision is followed; without one, what may have been paid is not sent again under `wait`.
 */
export function failsLostMembers(
  submission: Pick<Submission, 'possiblyPaid' | 'search'>,
  onLostAnswer: OnLostAnswer,
): boolean {
  const { decision } = submission.search
  if (decision !== undefined) return decision === 'fail'
  return submission.possiblyPaid && onLostAnswer === 'wait'
}

/**
 * Decides what letting a member go does to its request.
 *
 * The attempt is released in any case; the request moves only with its last live attempt. A flagged request becomes
 * canceled and never waits again. A verdict that was kept for this moment is applied now.
 */
export function releaseMember(facts: ReleaseFacts, decision: ReleaseDecision): ReleaseEffect {
  if (facts.attempt.released || facts.attempt.outcome !== decision.outcome) return { type: 'skip' }
  const countAs = decision.to.type === 'waiting' ? decision.to.countAs : 'nothing'
  return { type: 'release', countAs, request: requestEffect(facts, decision.to) }
}

function requestEffect(
  facts: ReleaseFacts,
  to: ReleaseTo,
): Extract<ReleaseEffect, { type: 'release' }>['request'] {
  const { state, cancelRequested, verdict } = facts.request
  if (state === 'done') return { type: 'none' }
  const end = to.type === 'done' ? to.verdict : (to.changed?.otherwise ?? null)
  if (facts.otherLive > 0) {
    return end === null ? { type: 'none' } : { type: 'keep_verdict', verdict: end }
  }
  if (cancelRequested) return { type: 'done', verdict: paidEnd(facts, end) ?? CANCELED }
  if (verdict !== null) return { type: 'done', verdict }
  if (to.type === 'done') return { type: 'done', verdict: to.verdict }
  const { notBefore, batchLimit, changed } = to
  return { type: 'waiting', notBefore, batchLimit, ...(changed === undefined ? {} : { changed }) }
}

// What was paid is kept, also by a request that its caller canceled.
function paidEnd({ attempt }: ReleaseFacts, end: Verdict | null): Verdict | null {
  return attempt.outcome === 'succeeded' ? end : null
}
