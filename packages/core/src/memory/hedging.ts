import type { SubmissionId } from '../model/ids.js'
import { ZERO_USD } from '../model/money.js'
import { submissionResource } from '../model/resource.js'
import { NEW_SUBMISSION } from '../model/submission.js'
import { mayHedge } from '../policy/hedging.js'
import type { HedgeParams, HedgeResult } from '../ports/store-planning.js'
import { isLive } from './attempt-table.js'
import { fitsBudgets } from './budget-use.js'
import { addMember } from './planning.js'
import type { Tables } from './tables.js'

/** See {@link PlanningStore.hedge}. */
export function hedge(tables: Tables, params: HedgeParams): HedgeResult {
  const { fence, submissionId, ordinal, lane, nonce, budgets } = params
  const batch = tables.submissions.need(submissionId)
  tables.checkFence(fence, submissionResource(submissionId))
  const there = tables.submissions.byNonce(nonce)
  if (there !== undefined) return { type: 'opened', submission: there }
  const attempt = tables.attempts.get({ submissionId, ordinal })
  if (attempt === undefined) return { type: 'gone' }
  const { request } = tables.requests.need(attempt.requestId)
  const others = tables.attempts.ofRequest(request.id).filter((other) => other !== attempt)
  const facts = {
    batch,
    attempt: { outcome: attempt.outcome, released: !isLive(attempt) },
    request: { ...request, cancelRequested: request.cancelRequestedAt !== null },
    others: others.map((other) => ({
      isLive: isLive(other),
      isLater: other.number > attempt.number,
      submissionState: tables.submissions.need(other.submissionId).state,
    })),
  }
  if (!mayHedge(facts)) return { type: 'gone' }
  const holdNano = params.holdNano ?? ZERO_USD
  if (!fitsBudgets(tables, { holdNano }, budgets)) return { type: 'no_room' }
  const { project, account, queue } = batch
  const now = tables.now()
  const submission = tables.submissions.insert({
    ...NEW_SUBMISSION,
    ...{ project, account, queue, lane, nonce, batchLimit: null, upToId: request.id },
    ...{ id: tables.nextId<SubmissionId>(), openedAt: now },
    ...{ state: 'sealed', sealedAt: now, nextStepAt: now },
    ...{ requestCount: 1, itemsBytes: request.itemBytes, holdNano },
  })
  addMember(tables, submission, request, params.holdNano)
  return { type: 'opened', submission }
}
