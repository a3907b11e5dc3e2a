import type { BodyReason } from '../model/changed-body.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { ReleaseTo } from '../model/settlement.js'
import type { Submission } from '../model/submission.js'
import { MAX_LINE_BYTES } from '../policy/intake/line-feeder.js'
import { withAssistantTurn } from '../policy/intake/with-assistant-turn.js'
import { withMaxTokens } from '../policy/intake/with-max-tokens.js'
import { answerContent } from '../policy/results/answer-content.js'
import type { AskAgain } from '../policy/retry/outcome.js'
import type { EngineContext } from './context.js'

const REASONS: Readonly<Record<AskAgain['type'], BodyReason>> = {
  raise: 'cut_off_raised',
  continue: 'pause_continued',
}

/**
 * Puts a member back with a changed body, of which every byte stays that the change is not about. One whose params can't be
 * changed so, or would be larger than any item may be, ends as it would without.
 */
export async function askAgain(
  { store }: EngineContext,
  submission: Submission,
  { member, answer }: { readonly member: OpenOutcome; readonly answer: Uint8Array | null },
  decision: AskAgain,
): Promise<ReleaseTo> {
  const { ordinal, requestId, itemBytes: before } = member
  const { type, maxTokens, notBefore, otherwise } = decision
  const place = { submissionId: submission.id, after: ordinal - 1, limit: 1 }
  const [sent] = await store.readMembers(place)
  const body = sent?.requestId === requestId ? changed(sent.body, decision, answer) : null
  if (sent === undefined || body === null) return { type: 'done', verdict: otherwise }
  const itemBytes = before + body.length - sent.body.length
  if (itemBytes > MAX_LINE_BYTES) return { type: 'done', verdict: otherwise }
  return {
    ...{ type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
    changed: { reason: REASONS[type], body, itemBytes, maxTokens, otherwise },
  }
}

function changed(
  body: Uint8Array,
  { type, maxTokens }: AskAgain,
  answer: Uint8Array | null,
): Uint8Array | null {
  if (type === 'raise') return withMaxTokens(body, maxTokens)
  const content = answer === null ? null : answerContent(answer)
  return content === null ? null : withAssistantTurn(body, content)
}
