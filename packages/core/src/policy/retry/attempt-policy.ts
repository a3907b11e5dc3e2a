import type { Attempt } from '../../model/attempt.js'
import type { AttemptPolicy } from '../../model/attempt-policy.js'
import type { BodyReason, ChildBody } from '../../model/changed-body.js'
import type { Submission } from '../../model/submission.js'
import { isHedge } from '../hedging.js'

/** An attempt as far as its policy can be told by it. */
export interface PolicyFacts {
  readonly attempt: Pick<Attempt, 'number' | 'bodyId' | 'outcome' | 'withdrawn' | 'possiblyPaid'>
  readonly submission: Pick<Submission, 'state' | 'twinOf' | 'orphan' | 'sendStartedAt' | 'lane'>
}

/**
 * Names the policy that made an attempt, by what is stored of it and of those before it; null for the first one, and for one
 * that no policy accounts for, which must not be.
 */
export function attemptPolicyOf(
  life: PolicyFacts,
  before: readonly PolicyFacts[],
  changedBodies: readonly ChildBody[],
): AttemptPolicy | null {
  const { attempt, submission } = life
  if (submission.twinOf !== null) return 'sent_twice'
  const earlier = before.filter((each) => each.attempt.number < attempt.number)
  // A store that was put back may know of what it had sent before only by the twin that turned up.
  const own = earlier.filter((each) => each.submission.twinOf === null)
  // What comes after a call beside a batch follows from the batch.
  const last =
    own.filter((each) => !isHedge(each.submission)).at(-1) ?? own.at(-1) ?? earlier.at(-1)
  if (last === undefined) return null
  if (isHedge(submission)) return 'hedged'
  if (submission.sendStartedAt === null && submission.orphan) return 'taken_in'
  const changed = changedBodies.find(({ bodyId }) => bodyId === attempt.bodyId)
  if (last.attempt.bodyId !== attempt.bodyId && changed !== undefined && isByPolicy(changed)) {
    const isFollowed = [last, own.at(-1)].some(
      (each) => each?.attempt.outcome === 'succeeded' || (each && isGivenUp(each)),
    )
    return isFollowed ? changed.reason : null
  }
  return policyAfter(last)
}

// The other reason is a person's, whose request is another one.
function isByPolicy(
  body: ChildBody,
): body is ChildBody & { readonly reason: Exclude<BodyReason, 'max_tokens'> } {
  return body.reason !== 'max_tokens'
}

function policyAfter(last: PolicyFacts): AttemptPolicy | null {
  if (last.attempt.withdrawn || last.submission.state === 'dissolved') return 'taken_apart'
  if (last.submission.state === 'rejected') return 'refused_resend'
  if (isGivenUp(last)) return 'lost_resend'
  switch (last.attempt.outcome) {
    case 'errored':
      return 'errored_retry'
    case 'expired':
      return 'expired_retry'
    case 'canceled':
      return 'canceled_retry'
    case null:
      return last.attempt.possiblyPaid ? null : 'unanswered_retry'
    case 'succeeded':
      return null
  }
}

// One that was given up and turned up is an orphan, whatever it brought.
function isGivenUp({ submission }: PolicyFacts): boolean {
  return submission.state === 'lost' || submission.orphan
}
