import type { QueuePolicy } from '../../model/queue-policy.js'
import type { AnswerStory } from './answer-story.js'

const REFUSAL = 'refusal'

type RefusalPolicy = Pick<QueuePolicy, 'accept' | 'askRefusedOf'>

/** Whether a success, as its line tells of it, is left for the close of its batch: it is a refusal, and the policy has another model. */
export function mayBeAskedOfOther(
  { stopReason }: Pick<AnswerStory, 'stopReason'>,
  { accept, askRefusedOf }: RefusalPolicy,
): boolean {
  return stopReason === REFUSAL && askRefusedOf !== null && !accept.includes('refused')
}

/** The model that a refused request is asked of: once, over all of its attempts, and only another one; null for none. */
export function otherModelFor(story: AnswerStory, policy: RefusalPolicy): string | null {
  const { model, reasons } = story
  const wasAsked = reasons.includes('refused_other_model')
  if (!mayBeAskedOfOther(story, policy) || wasAsked || model === null) return null
  return policy.askRefusedOf === model ? null : policy.askRefusedOf
}
