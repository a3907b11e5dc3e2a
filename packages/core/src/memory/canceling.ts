import type { ProjectId, RequestId, SubmissionId } from '../model/ids.js'
import { finish, isUnsent, liveAttempts } from './membership.js'
import type { Tables } from './tables.js'

/** How canceling one request went. */
export type CancelCase = 'canceled' | 'withdrawn' | 'flagged' | 'none'

/** See {@link UpkeepStore.cancel}. */
export function cancel(
  tables: Tables,
  params: Readonly<{
    project: ProjectId
    requestIds: readonly RequestId[]
    reason: 'canceled' | 'superseded'
  }>,
): { readonly canceled: number; readonly withdrawn: number; readonly flagged: number } {
  tables.checkPage(params.requestIds)
  const counts = { canceled: 0, withdrawn: 0, flagged: 0, none: 0 }
  for (const id of params.requestIds) {
    const isTheirs = tables.requests.get(id)?.request.project === params.project
    if (isTheirs) counts[cancelOne(tables, id, params.reason)] += 1
  }
  const { canceled, withdrawn, flagged } = counts
  return { canceled, withdrawn, flagged }
}

/** Cancels a request as far as that is still possible. */
export function cancelOne(
  tables: Tables,
  id: RequestId,
  reason: 'canceled' | 'superseded',
): CancelCase {
  const { request } = tables.requests.need(id)
  if (request.state === 'done') return 'none'
  const live = liveAttempts(tables, id)
  const sent = live.filter((attempt) => !isUnsent(tables, attempt))
  if (sent.length > 0) {
    if (request.cancelRequestedAt !== null) return 'none'
    tables.requests.update(id, { cancelRequestedAt: tables.now() })
    for (const { submissionId } of sent) wishCanceled(tables, submissionId)
    return 'flagged'
  }
  finish(tables, id, { verdict: { status: 'canceled', reason, detail: null }, result: null })
  return live.length === 0 ? 'canceled' : 'withdrawn'
}

// A batch at Claude is looked at soon, since it may be of no use to anybody now.
function wishCanceled(tables: Tables, id: SubmissionId): void {
  const { state, cancelRequestedAt, nextStepAt } = tables.submissions.need(id)
  const now = tables.now()
  const isAtClaude = state === 'in_progress' && nextStepAt !== null
  tables.submissions.update(id, {
    cancelRequestedAt: cancelRequestedAt ?? now,
    nextStepAt: isAtClaude ? Math.min(nextStepAt, now) : nextStepAt,
  })
}
