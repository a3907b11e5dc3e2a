import type { OpenOutcome } from '../../model/open-outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { AnswerStory } from './answer-story.js'

const BY_MAX_TOKENS = 'max_tokens'

type CapPolicy = Pick<QueuePolicy, 'accept' | 'raiseMaxTokensTo'>

/**
 * Whether a success, as its line tells of it, is left for the close of its batch: it was cut off by a cap that the policy
 * would raise. One that took as much as the raised cap allows was sent with that, and ends its request at once.
 */
export function mayBeRaised(
  success: Readonly<{ stopReason: string | null; outputTokens: number | null }>,
  policy: CapPolicy,
): boolean {
  const { stopReason, outputTokens } = success
  if (stopReason !== BY_MAX_TOKENS || policy.accept.includes('cut_off')) return false
  return (outputTokens ?? 0) < policy.raiseMaxTokensTo
}

/**
 * The cap with which a request is sent once more whose answer was cut off: that of its queue, or all that its model allows. Null where it
 * is not sent again: once is enough, and only a higher cap helps.
 */
export function raisedCapFor(
  { maxTokens, bodyReason }: Pick<OpenOutcome, 'maxTokens' | 'bodyReason'>,
  story: AnswerStory,
  policy: CapPolicy,
): number | null {
  const wasRaised = [bodyReason, ...story.reasons].includes('cut_off_raised')
  if (story.stopReason !== BY_MAX_TOKENS || policy.accept.includes('cut_off') || wasRaised) {
    return null
  }
  const cap = Math.min(policy.raiseMaxTokensTo, story.mostTokens ?? policy.raiseMaxTokensTo)
  return maxTokens < cap ? cap : null
}
