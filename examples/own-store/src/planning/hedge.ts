import {
  type Attempt,
  type HedgeParams,
  type HedgeResult,
  type NanoUsd,
  NEW_SUBMISSION,
  type Submission,
  type SubmissionId,
  submissionResource,
} from '@halfrate/core'
import { type HedgeFacts, mayHedge } from '@halfrate/core/routing'
import { fitsBudgets } from '../reading/budget-use.js'
import { addAttempt, NEW_ATTEMPT } from '../rows/change.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { isLive } from '../rows/stored-attempt.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { addSubmission, submissionOfNonce } from './open-submission.js'

/** See `PlanningStore.hedge`. */
export function hedge(session: Session, params: HedgeParams): Promise<HedgeResult> {
  const { fence, submissionId, ordinal, lane, nonce, budgets } = params
  return session.step(async (step) => {
    await step.submissions.load([submissionId])
    const { submission: batch } = step.submissions.need(submissionId)
    await step.fence(fence, submissionResource(submissionId))
    const there = await submissionOfNonce(step, nonce)
    if (there !== null) return { type: 'opened', submission: there }
    const name = `${submissionId}:${ordinal}`
    await step.attempts.load([name])
    const attempt = step.attempts.get(name)?.attempt
    if (attempt === undefined) return { type: 'gone' }
    await loadRequests(step, [attempt.requestId])
    if (!mayHedge(factsOf(step, batch, attempt))) return { type: 'gone' }
    const holdNano = (params.holdNano ?? 0) as NanoUsd
    if (!(await fitsBudgets(step, { holdNano }, budgets))) return { type: 'no_room' }
    const { project, account, queue } = batch
    const { request, prefixId } = step.requests.need(attempt.requestId)
    const { id: requestId, bodyId, itemBytes } = request
    const id = step.takeId<SubmissionId>()
    const submission = addSubmission(step, {
      ...NEW_SUBMISSION,
      ...{ id, project, account, queue, lane, nonce, batchLimit: null, upToId: requestId },
      ...{ openedAt: step.now, state: 'sealed', sealedAt: step.now, nextStepAt: step.now },
      ...{ requestCount: 1, itemsBytes: itemBytes, holdNano },
    })
    const what = { submissionId: id, requestId, project, bodyId, itemBytes }
    addAttempt(step, { ...NEW_ATTEMPT, ...what, holdNano: params.holdNano }, prefixId)
    return { type: 'opened', submission }
  }, 1)
}

function factsOf(step: Step, batch: Submission, attempt: Attempt): HedgeFacts {
  const { request } = step.requests.need(attempt.requestId)
  const others = attemptsOf(step, request.id).filter(({ number }) => number !== attempt.number)
  return {
    batch,
    attempt: { outcome: attempt.outcome, released: !isLive(attempt) },
    request: { ...request, cancelRequested: request.cancelRequestedAt !== null },
    others: others.map((other) => ({
      isLive: isLive(other),
      isLater: other.number > attempt.number,
      submissionState: step.submissions.need(other.submissionId).submission.state,
    })),
  }
}
