import type { RequestId, SubmissionId } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { changeRequest, changeSubmission } from '../rows/change.js'
import { finish, isUnsent } from '../rows/finish.js'
import { liveAttempts, loadRequests } from '../rows/load-requests.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** How canceling one request went. */
export type CancelCase = 'canceled' | 'withdrawn' | 'flagged' | 'none'

/** See `UpkeepStore.cancel`. */
export async function cancel(session: Session, params: In<'cancel'>): Promise<Out<'cancel'>> {
  session.checkPage(params.requestIds)
  return session.step(async (step) => {
    await loadRequests(step, params.requestIds)
    const counts = { canceled: 0, withdrawn: 0, flagged: 0, none: 0 }
    for (const id of params.requestIds) {
      const isTheirs = step.requests.get(id)?.request.project === params.project
      if (isTheirs) counts[cancelOne(step, id, params.reason)] += 1
    }
    const { canceled, withdrawn, flagged } = counts
    return { canceled, withdrawn, flagged }
  }, params.requestIds.length)
}

/** Cancels a request, loaded with its attempts, as far as that is still possible. */
export function cancelOne(
  step: Step,
  id: RequestId,
  reason: 'canceled' | 'superseded',
): CancelCase {
  const { request } = step.requests.need(id)
  if (request.state === 'done') return 'none'
  const live = liveAttempts(step, id)
  const sent = live.filter((attempt) => !isUnsent(step, attempt))
  if (sent.length > 0) {
    if (request.cancelRequestedAt !== null) return 'none'
    changeRequest(step, id, { cancelRequestedAt: step.now })
    for (const { submissionId } of sent) wishCanceled(step, submissionId)
    return 'flagged'
  }
  finish(step, id, { verdict: { status: 'canceled', reason, detail: null }, result: null })
  return live.length === 0 ? 'canceled' : 'withdrawn'
}

// A batch at Claude is looked at soon, since it may be of no use to anybody now.
function wishCanceled(step: Step, id: SubmissionId): void {
  const { state, cancelRequestedAt, nextStepAt } = step.submissions.need(id).submission
  const isAtClaude = state === 'in_progress' && nextStepAt !== null
  changeSubmission(step, id, {
    cancelRequestedAt: cancelRequestedAt ?? step.now,
    nextStepAt: isAtClaude ? Math.min(nextStepAt, step.now) : nextStepAt,
  })
}
