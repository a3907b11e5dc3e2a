import {
  type Fence,
  type NanoUsd,
  type NewMember,
  queueResource,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { checkFence, checkPage, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { assignMembers } from './assign-members.js'
import { type Place, takeMembers } from './take-members.js'

const READ_PLACE = `SELECT next_ordinal, project_id, account_id, queue_id, lane_id, batch_limit
  FROM submissions WHERE id = ?`
const WRITE_PLACE = 'UPDATE submissions SET next_ordinal = ? WHERE id = ?'

/** See `PlanningStore.addMembers`. Each of its statements is about the whole page, or a long run of it. */
export function addMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, queueResource(submission.project, submission.queue))
  checkPage(session, params.members)
  const place = session.db.get<Place & { readonly next_ordinal: number }>(READ_PLACE, submission.id)
  if (submission.state !== 'filling' || place === undefined) return submission
  const { members, itemsBytes } = takeMembers(session, place, params.members)
  assignMembers(session, submission, place.next_ordinal, members)
  session.db.run(WRITE_PLACE, place.next_ordinal + members.length, submission.id)
  return changeSubmission(session, submission, {
    requestCount: submission.requestCount + members.length,
    itemsBytes: submission.itemsBytes + itemsBytes,
    holdNano: members.reduce(
      (sum, { holdNano }) => sum + (holdNano ?? 0),
      submission.holdNano as number,
    ) as NanoUsd,
  })
}
