import {
  type Fence,
  type NanoUsd,
  type NewMember,
  queueResource,
  type RequestId,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { checkFence, checkPage, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

interface PlaceRow {
  readonly next_ordinal: number
  readonly project_id: number
  readonly account_id: number
  readonly queue_id: number
  readonly lane_id: number
  readonly batch_limit: number
}

const READ_PLACE = `SELECT next_ordinal, project_id, account_id, queue_id, lane_id, batch_limit
  FROM submissions WHERE id = ?`
const WRITE_PLACE = 'UPDATE submissions SET next_ordinal = ? WHERE id = ?'

/** See `PlanningStore.addMembers`. Each of its statements is about the whole page. */
export function addMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, queueResource(submission.project, submission.queue))
  checkPage(session, params.members)
  const place = session.db.get<PlaceRow>(READ_PLACE, submission.id)
  if (submission.state !== 'filling' || place === undefined) return submission
  const taken = takeWaiting(session, place, params.members)
  assign(session, submission, place.next_ordinal, taken)
  session.db.run(WRITE_PLACE, place.next_ordinal + taken.length, submission.id)
  return changeSubmission(session, submission, {
    requestCount: submission.requestCount + taken.length,
    itemsBytes: taken.reduce((sum, { itemBytes }) => sum + itemBytes, submission.itemsBytes),
    holdNano: taken.reduce(
      (sum, { holdNano }) => sum + (holdNano ?? 0),
      submission.holdNano as number,
    ) as NanoUsd,
  })
}

interface Taken {
  readonly requestId: RequestId
  readonly itemBytes: number
  readonly holdNano: NanoUsd | null
}

// What waits is of a committed part and fits the submission; one that was taken, canceled or superseded meanwhile has
// no row. By the whole primary key, which the request's own row gives.
const KEY = 'project_id, queue_id, account_id, lane_id, batch_limit, model_id, prefix_id, id'
const TAKE = `DELETE FROM waiting
  WHERE (${KEY}) IN (SELECT ${KEY} FROM requests WHERE id IN (SELECT value FROM json_each(?)))
    AND project_id = ? AND account_id = ? AND queue_id = ? AND lane_id = ? AND batch_limit = ?
    AND (job_id = 0 OR part <= (SELECT committed_part FROM jobs WHERE jobs.id = waiting.job_id))
  RETURNING id, item_bytes`

// Takes what can be taken out of the queue, in the order of the members.
function takeWaiting(
  session: Session,
  place: PlaceRow,
  members: readonly NewMember[],
): readonly Taken[] {
  const rows = session.db.all<{ id: number; item_bytes: number }>(
    TAKE,
    JSON.stringify(members.map((member) => member.requestId)),
    place.project_id,
    place.account_id,
    place.queue_id,
    place.lane_id,
    place.batch_limit,
  )
  const sizes = new Map(rows.map((row) => [row.id, row.item_bytes]))
  return members.flatMap(({ requestId, holdNano }) => {
    const itemBytes = sizes.get(requestId)
    // A member that is named twice joins once.
    sizes.delete(requestId)
    return itemBytes === undefined ? [] : [{ requestId, itemBytes, holdNano }]
  })
}

// Only a first attempt can be booked directly.
const ASSIGN = `UPDATE progress SET state = 1, attempt_count = attempt_count + 1,
    submission_id = CASE attempt_count WHEN 0 THEN ? END
  WHERE id IN (SELECT value FROM json_each(?))`

// Appends at the end of the submission's run of the primary key.
const ADD = `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, hold_nano, withdrawn, possibly_paid, waste)
  SELECT ?, ? + m.key, r.id, r.project_id, r.account_id, p.attempt_count, r.body_id, r.item_bytes,
    m.value ->> 1, 0, 0, 0
  FROM json_each(?) m CROSS JOIN requests r ON r.id = m.value ->> 0 CROSS JOIN progress p ON p.id = r.id`

function assign(
  session: Session,
  submission: Submission,
  firstOrdinal: number,
  taken: readonly Taken[],
): void {
  const ids = JSON.stringify(taken.map(({ requestId }) => requestId))
  session.db.run(ASSIGN, submission.id, ids)
  const members = JSON.stringify(taken.map(({ requestId, holdNano }) => [requestId, holdNano]))
  session.db.run(ADD, submission.id, firstOrdinal, members)
}
