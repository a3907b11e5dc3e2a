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

interface TakenRow {
  readonly item_bytes: number
}

interface AssignedRow {
  readonly attempt_count: number
}

// What waits is of a committed part and fits the submission; one that was taken, canceled or superseded meanwhile has
// no row. By the whole primary key, which the request's own row gives.
const TAKE = `DELETE FROM waiting
  WHERE (project_id, queue_id, account_id, lane_id, batch_limit, model, prefix_id, id)
    = (SELECT project_id, queue_id, account_id, lane_id, batch_limit, model, prefix_id, id
       FROM requests WHERE id = ?)
    AND project_id = ? AND account_id = ? AND queue_id = ? AND lane_id = ? AND batch_limit = ?
    AND (job_id = 0 OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))
  RETURNING item_bytes`

// Only a first attempt can be booked directly.
const ASSIGN = `UPDATE progress SET state = 1, attempt_count = attempt_count + 1,
    submission_id = CASE attempt_count WHEN 0 THEN ? END
  WHERE id = ? RETURNING attempt_count`

// Appends at the end of the submission's run of the primary key.
const ADD = `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, hold_nano, withdrawn, possibly_paid, waste)
  SELECT ?, ?, id, project_id, account_id, ?, body_id, item_bytes, ?, 0, 0, 0
  FROM requests WHERE id = ?`

const READ_PLACE = `SELECT next_ordinal, project_id, account_id, queue_id, lane_id, batch_limit
  FROM submissions WHERE id = ?`
const WRITE_PLACE = 'UPDATE submissions SET next_ordinal = ? WHERE id = ?'

interface PlaceRow {
  readonly next_ordinal: number
  readonly project_id: number
  readonly account_id: number
  readonly queue_id: number
  readonly lane_id: number
  readonly batch_limit: number
}

/** See `PlanningStore.addMembers`. */
export function addMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, queueResource(submission.project, submission.queue))
  checkPage(session, params.members)
  const place = session.db.get<PlaceRow>(READ_PLACE, submission.id)
  if (submission.state !== 'filling' || place === undefined) return submission
  let ordinal = place.next_ordinal
  let itemsBytes = submission.itemsBytes
  let holdNano: number = submission.holdNano
  const take = session.db.prepare(TAKE)
  const assign = session.db.prepare(ASSIGN)
  const add = session.db.prepare(ADD)
  const { project_id, account_id, queue_id, lane_id, batch_limit } = place
  for (const { requestId, holdNano: hold } of params.members) {
    const taken = take.get(requestId, project_id, account_id, queue_id, lane_id, batch_limit) as
      | TakenRow
      | undefined
    if (taken === undefined) continue
    const { attempt_count: number } = assign.get(submission.id, requestId) as AssignedRow
    add.run(submission.id, ordinal, number, hold, requestId)
    ordinal += 1
    itemsBytes += taken.item_bytes
    holdNano += hold ?? 0
  }
  session.db.run(WRITE_PLACE, ordinal, submission.id)
  return changeSubmission(session, submission, {
    requestCount: submission.requestCount + ordinal - place.next_ordinal,
    itemsBytes,
    holdNano: holdNano as NanoUsd,
  })
}
