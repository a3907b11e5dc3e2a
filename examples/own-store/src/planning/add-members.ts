import { assertRequestMove, type NanoUsd, type Submission } from '@halfrate/core'
import type { In } from '../in-out.js'
import { groupOf, resourceOf } from '../keys.js'
import { addAttempt, changeRequest, changeSubmission, NEW_ATTEMPT } from '../rows/change.js'
import { loadRequests } from '../rows/load-requests.js'
import { isPlannable, type StoredRequest } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `PlanningStore.addMembers`. */
export function addMembers(session: Session, params: In<'addMembers'>): Promise<Submission> {
  return session.step(async (step) => {
    await step.submissions.load([params.submissionId])
    const { submission } = step.submissions.need(params.submissionId)
    await step.fence(params.fence, resourceOf(submission))
    session.checkPage(params.members)
    if (submission.state !== 'filling') return submission
    await loadRequests(
      step,
      params.members.map((member) => member.requestId),
    )
    for (const { requestId, holdNano } of params.members) {
      const row = step.requests.get(requestId)
      if (row !== null && fits(row, submission)) join(step, submission, row, holdNano)
    }
    return step.submissions.need(submission.id).submission
  })
}

function fits(row: StoredRequest, submission: Submission): boolean {
  const { request } = row
  return (
    isPlannable(row) &&
    request.project === submission.project &&
    request.queue === submission.queue &&
    groupOf(request) === groupOf(submission)
  )
}

function join(
  step: Step,
  { id }: Submission,
  { request, prefixId }: StoredRequest,
  holdNano: NanoUsd | null,
): void {
  assertRequestMove(request.state, 'assigned')
  const { id: requestId, project, bodyId, itemBytes } = request
  changeRequest(step, requestId, { state: 'assigned' })
  const what = { submissionId: id, requestId, project, bodyId, itemBytes, holdNano }
  addAttempt(step, { ...NEW_ATTEMPT, ...what }, prefixId)
  const { submission } = step.submissions.need(id)
  changeSubmission(step, id, {
    requestCount: submission.requestCount + 1,
    itemsBytes: submission.itemsBytes + itemBytes,
    holdNano: (submission.holdNano + (holdNano ?? 0)) as NanoUsd,
  })
}
