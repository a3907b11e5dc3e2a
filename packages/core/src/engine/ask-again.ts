import type { BodyReason } from '../model/changed-body.js'
import type { OpenOutcome } from '../model/open-outcome.js'
import type { ReleaseTo } from '../model/settlement.js'
import type { Submission } from '../model/submission.js'
import { MAX_LINE_BYTES } from '../policy/intake/line-feeder.js'
import { tailMarkBytes } from '../policy/intake/tail-mark.js'
import { withAssistantTurn } from '../policy/intake/with-assistant-turn.js'
import { withMaxTokens } from '../policy/intake/with-max-tokens.js'
import { type OtherModelBody, withModel } from '../policy/intake/with-model.js'
import { withRepair } from '../policy/intake/with-repair.js'
import { answerContent } from '../policy/results/answer-content.js'
import { answerText } from '../policy/results/result-line.js'
import type { AskAgain } from '../policy/retry/outcome.js'
import type { MemberBody } from '../ports/store-sending.js'
import type { EngineContext } from './context.js'

const REASONS: Readonly<Record<AskAgain['type'], BodyReason>> = {
  raise: 'cut_off_raised',
  continue: 'pause_continued',
  other_model: 'refused_other_model',
  repair: 'output_repaired',
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
  const { type, maxTokens, model, notBefore, otherwise } = decision
  const place = { submissionId: submission.id, after: ordinal - 1, limit: 1 }
  const [sent] = await store.readMembers(place)
  const asks = sent?.requestId === requestId ? changed(sent, decision, answer) : null
  if (sent === undefined || asks === null) return { type: 'done', verdict: otherwise }
  const { body, standsAlone } = asks
  const itemBytes = before + body.length - (standsAlone ? sizeOf(sent) : sent.body.length)
  if (itemBytes > MAX_LINE_BYTES) return { type: 'done', verdict: otherwise }
  return {
    ...{ type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
    changed: {
      ...{ reason: REASONS[type], body, itemBytes, maxTokens, otherwise },
      ...(model === undefined ? {} : { model }),
      ...(standsAlone ? { standsAlone } : {}),
    },
  }
}

function changed(
  sent: MemberBody,
  decision: AskAgain,
  answer: Uint8Array | null,
): OtherModelBody | null {
  if (decision.model !== undefined) return withModel(sent, decision.model)
  const body = changedBody(sent.body, decision, answer)
  return body === null ? null : { body, standsAlone: false }
}

function changedBody(
  body: Uint8Array,
  { type, maxTokens, problem = '' }: AskAgain,
  answer: Uint8Array | null,
): Uint8Array | null {
  if (type === 'raise') return withMaxTokens(body, maxTokens)
  if (type === 'continue') return goingOn(body, answer)
  return answer === null ? null : withRepair(body, { text: answerText(answer), problem })
}

function goingOn(body: Uint8Array, answer: Uint8Array | null): Uint8Array | null {
  const content = answer === null ? null : answerContent(answer)
  return content === null ? null : withAssistantTurn(body, content)
}

// Of what it had on the wire, with what it shared and the comma between; a mark at its beginning stays a mark.
function sizeOf({ body, prefix }: MemberBody): number {
  const isJoined = prefix !== null && prefix.length > 0 && body.length > tailMarkBytes(body)
  return body.length + (prefix?.length ?? 0) + (isJoined ? 1 : 0)
}
