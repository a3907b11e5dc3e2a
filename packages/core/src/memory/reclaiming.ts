import type { Attempt } from '../model/attempt.js'
import type { SubmissionId } from '../model/ids.js'
import { submissionResource } from '../model/resource.js'
import { assertRequestMove } from '../policy/transition.js'
import type { Fence } from '../ports/store-leases.js'
import { isLive, refOf } from './attempt-table.js'
import { isUnsent, liveAttempts, withdraw } from './membership.js'
import type { Tables } from './tables.js'

/** See {@link SendingStore.reclaimMembers}. */
export function reclaimMembers(
  tables: Tables,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly left: number } {
  const submission = tables.submissions.need(params.submissionId)
  tables.checkFence(params.fence, submissionResource(submission.id))
  if (!submission.reclaimPending) return { left: 0 }
  const members = tables.attempts
    .ofSubmission(submission.id)
    .filter((attempt) => isReclaimable(tables, attempt))
  for (const attempt of members.slice(0, tables.pageLimit)) takeBack(tables, attempt)
  const left = Math.max(0, members.length - tables.pageLimit)
  if (left === 0) tables.submissions.update(submission.id, { reclaimPending: false })
  return { left }
}

// Whose request is done by now has nothing to wait for; its line is still booked when it comes.
function isReclaimable(tables: Tables, attempt: Attempt): boolean {
  if (isLive(attempt) || attempt.withdrawn || attempt.outcome !== null) return false
  return tables.requests.need(attempt.requestId).request.state !== 'done'
}

function takeBack(tables: Tables, attempt: Attempt): void {
  for (const other of liveAttempts(tables, attempt.requestId)) {
    if (isUnsent(tables, other)) withdraw(tables, other)
  }
  tables.attempts.update(refOf(attempt), { releasedAt: null })
  const { state } = tables.requests.need(attempt.requestId).request
  if (state !== 'waiting') return
  assertRequestMove(state, 'assigned')
  tables.requests.update(attempt.requestId, { state: 'assigned' })
}
