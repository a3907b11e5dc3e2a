import type { OpenOutcome } from '../model/open-outcome.js'
import type { ReleaseTo } from '../model/settlement.js'
import type { Submission } from '../model/submission.js'
import { withMaxTokens } from '../policy/intake/with-max-tokens.js'
import type { OutcomeDecision } from '../policy/retry/outcome.js'
import type { EngineContext } from './context.js'

/**
 * Puts a member back with a higher `max_tokens` in its body, of which every other byte stays. One whose params have no
 * `max_tokens` of their own, or are not there, ends as it would without.
 */
export async function raiseCap(
  { store }: EngineContext,
  submission: Submission,
  member: OpenOutcome,
  { maxTokens, notBefore, otherwise }: Extract<OutcomeDecision, { type: 'raise' }>,
): Promise<ReleaseTo> {
  const { ordinal, requestId, itemBytes: before } = member
  const place = { submissionId: submission.id, after: ordinal - 1, limit: 1 }
  const [sent] = await store.readMembers(place)
  const body = sent?.requestId === requestId ? withMaxTokens(sent.body, maxTokens) : null
  if (sent === undefined || body === null) return { type: 'done', verdict: otherwise }
  const itemBytes = before + body.length - sent.body.length
  const changed = { reason: 'cut_off_raised', body, itemBytes, maxTokens, otherwise } as const
  return { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null, changed }
}
