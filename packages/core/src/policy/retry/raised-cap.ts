import type { OpenOutcome } from '../../model/open-outcome.js'
import type { QueuePolicy } from '../../model/queue-policy.js'
import type { Verdict } from '../../model/request.js'
import { successVerdict } from '../results/success-verdict.js'

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

/** Whether a request whose answer was cut off is sent with a higher cap: once, and only where it is higher. */
export function isRaised(
  { maxTokens, bodyReason }: Pick<OpenOutcome, 'maxTokens' | 'bodyReason'>,
  policy: CapPolicy,
): boolean {
  if (policy.accept.includes('cut_off') || bodyReason === 'cut_off_raised') return false
  return maxTokens < policy.raiseMaxTokensTo
}

/** How a request ends with an answer that its cap cut off. */
export function raisedVerdict(policy: Pick<QueuePolicy, 'accept'>): Verdict {
  return successVerdict({ usability: 'cut_off', stopReason: BY_MAX_TOKENS }, policy)
}
