import {
  type Fence,
  type NanoUsd,
  type NewMember,
  queueResource,
  type Submission,
  type SubmissionId,
} from '@halfrate/core'
import { numbers } from '../database/binary-format.js'
import { lockRows } from '../requests/lock-requests.js'
import { IS_WAITING_ROW } from '../requests/waiting.js'
import { checkFence, checkPage, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `PlanningStore.addMembers`. Each of its statements is about the whole page. */
export function addMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
): Promise<Submission> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, queueResource(submission.project, submission.queue))
    checkPage(step, params.members)
    if (submission.state !== 'filling') return submission
    const taken = await takeWaiting(step, submission, params.members)
    await assign(step, submission, taken)
    return changeSubmission(step, submission, {
      requestCount: submission.requestCount + taken.length,
      itemsBytes: taken.reduce((sum, { itemBytes }) => sum + itemBytes, submission.itemsBytes),
      holdNano: taken.reduce(
        (sum, { holdNano }) => sum + (holdNano ?? 0),
        submission.holdNano as number,
      ) as NanoUsd,
    })
  })
}

interface Taken extends NewMember {
  readonly itemBytes: number
}

// What waits is of a committed part and fits the submission; one that was taken, canceled or superseded meanwhile has
// no row. By the whole primary key, which the request's own row gives.
const TAKE = `WITH r AS MATERIALIZED (SELECT r.* FROM requests r JOIN submissions s ON s.id = $2
    WHERE r.id = ANY($1::bigint[]) AND r.project_id = s.project_id AND r.account_id = s.account_id
      AND r.queue_id = s.queue_id AND r.lane_id = s.lane_id AND r.batch_limit = s.batch_limit)
  DELETE FROM waiting w USING r WHERE ${IS_WAITING_ROW}
    AND (w.job_id = 0 OR w.part <= (SELECT j.committed_part FROM jobs j WHERE j.id = w.job_id))
  RETURNING w.id, w.item_bytes`

// Takes what can be taken out of the queue, in the order of the members.
async function takeWaiting(
  step: Step,
  submission: Submission,
  members: readonly NewMember[],
): Promise<readonly Taken[]> {
  const requestIds = members.map((member) => member.requestId)
  await lockRows(step, requestIds)
  const rows = await step.db.all<{ id: number; item_bytes: number }>(
    TAKE,
    numbers(requestIds),
    submission.id,
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
    submission_id = CASE attempt_count WHEN 0 THEN $1::bigint END
  WHERE id = ANY($2::bigint[])`

// Appends at the end of the submission's run of the primary key.
const ADD = `INSERT INTO attempts (submission_id, ordinal, request_id, project_id, account_id, number,
    body_id, item_bytes, hold_nano, withdrawn, possibly_paid, waste)
  SELECT s.id, s.next_ordinal + m.place - 1, r.id, r.project_id, r.account_id, p.attempt_count,
    r.body_id, r.item_bytes, m.hold_nano, 0, 0, 0
  FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY m(request_id, hold_nano, place)
  JOIN requests r ON r.id = m.request_id JOIN progress p ON p.id = m.request_id
  JOIN submissions s ON s.id = $1 ORDER BY m.place`
const WRITE_PLACE = 'UPDATE submissions SET next_ordinal = next_ordinal + $2 WHERE id = $1'

/** Makes requests members of a submission, behind those that it has: an attempt each, in their order. */
export async function assign(
  { db }: Step,
  submission: Submission,
  taken: readonly NewMember[],
): Promise<void> {
  if (taken.length === 0) return
  const ids = numbers(taken.map(({ requestId }) => requestId))
  await db.run(ASSIGN, submission.id, ids)
  await db.run(ADD, submission.id, ids, numbers(taken.map(({ holdNano }) => holdNano)))
  await db.run(WRITE_PLACE, submission.id, taken.length)
}
