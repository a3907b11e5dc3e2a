import type { QueuePolicy } from '../../model/queue-policy.js'
import type { AnswerStory } from './answer-story.js'

const PAUSED = 'pause_turn'

type ContinuePolicy = Pick<QueuePolicy, 'accept' | 'continueAtMost'>

/** Whether a success, as its line tells of it, is left for the close of its batch: it paused, and the policy goes on from there. */
export function mayBeContinued(
  { stopReason }: Pick<AnswerStory, 'stopReason'>,
  { accept, continueAtMost }: ContinuePolicy,
): boolean {
  return stopReason === PAUSED && continueAtMost > 0 && !accept.includes('cut_off')
}

/** Whether a request whose answer paused goes on: as often as the policy says, over all of its attempts. */
export function isContinued(story: AnswerStory, policy: ContinuePolicy): boolean {
  const times = story.reasons.filter((reason) => reason === 'pause_continued').length
  return mayBeContinued(story, policy) && times < policy.continueAtMost
}
