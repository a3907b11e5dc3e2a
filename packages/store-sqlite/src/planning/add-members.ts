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

interface CandidateRow {
  readonly item_bytes: number
}

// By the request's own id. What waits is not flagged, not superseded, of a committed part, and fits the submission.
const TAKE = `UPDATE requests SET state = 1, attempt_count = attempt_count + 1
  WHERE id = ? AND state = 0 AND superseded_by IS NULL AND cancel_requested_at IS NULL
    AND (job_id = 0 OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = requests.job_id))
    AND project_id = ? AND account_id = ? AND queue_id = ? AND lane_id = ? AND batch_limit = ?
  RETURNING item_bytes`

// Appends at the end of the submission's run of the primary key.
const ADD = `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, hold_nano, withdrawn, possibly_paid, waste)
  SELECT ?, ?, id, project_id, account_id, attempt_count, body_id, item_bytes, ?, 0, 0, 0
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
  const add = session.db.prepare(ADD)
  const { project_id, account_id, queue_id, lane_id, batch_limit } = place
  for (const { requestId, holdNano: hold } of params.members) {
    const taken = take.get(requestId, project_id, account_id, queue_id, lane_id, batch_limit) as
      | CandidateRow
      | undefined
    if (taken === undefined) continue
    add.run(submission.id, ordinal, hold, requestId)
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
