import type { OnLostAnswer } from '../../model/queue-policy.js'
import type { Search, Submission } from '../../model/submission.js'
import { DAY_MS, type EpochMs, MINUTE_MS } from '../../model/time.js'

/** What is known of a call in real time whose answer was lost. */
export interface LostCallFacts {
  readonly submission: Pick<Submission, 'sendNotAfterAt' | 'search'>
  readonly onLostAnswer: OnLostAnswer
  /** It was on its way when the backup was made that the store was restored from. */
  readonly fromBackup: boolean
  /** Whether the start-up look is done, without which it isn't known whether the store was restored. */
  readonly mayDeclare: boolean
}

/** What to do about it. `search` and `nextStepAt` are stored either way. */
export interface LostCallDecision {
  readonly type: 'wait' | 'ask' | 'lost'
  readonly search: Search
  readonly nextStepAt: EpochMs
}

/**
 * Decides about a call whose answer was lost. No list shows it, so nothing is looked for: once its time is over it is lost, possibly
 * paid. Before that its sender may live, whatever became of its lease.
 */
export function judgeLostCall(facts: LostCallFacts, now: EpochMs): LostCallDecision {
  const { submission, onLostAnswer, fromBackup, mayDeclare } = facts
  const { sendNotAfterAt, search } = submission
  const seen: Search = { ...search, scans: search.scans + 1 }
  const overAt = sendNotAfterAt ?? 0
  if (now <= overAt) return { type: 'wait', search: seen, nextStepAt: overAt + 1 }
  if (!mayDeclare) return { type: 'wait', search: seen, nextStepAt: now + MINUTE_MS }
  if (onLostAnswer === 'ask' || fromBackup) {
    const asked: Search = { ...seen, askingSince: search.askingSince ?? now }
    return { type: 'ask', search: asked, nextStepAt: now + DAY_MS }
  }
  return { type: 'lost', search: seen, nextStepAt: now }
}
