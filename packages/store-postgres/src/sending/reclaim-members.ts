import { type Fence, type SubmissionId, submissionResource } from '@halfrate/core'
import { requestStates } from '@halfrate/store-sql'
import { numbers } from '../database/binary-format.js'
import { attemptsOf, isLive, isUnsent } from '../requests/attempt-facts.js'
import { lockRequests } from '../requests/lock-requests.js'
import { RequestWrites } from '../requests/request-writes.js'
import { checkFence, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

interface MemberRow {
  readonly ordinal: number
  readonly request_id: number
  readonly state: number
}

// A run of the primary key. Whose request is done has nothing to wait for; its line is still booked when it comes.
const RECLAIMABLE = `FROM attempts_now a JOIN progress r ON r.id = a.request_id
  WHERE a.submission_id = $1 AND a.released_at IS NOT NULL AND a.withdrawn = 0
    AND a.outcome IS NULL AND r.state <> 2`
const FIND = `SELECT a.request_id ${RECLAIMABLE} ORDER BY a.ordinal LIMIT $2`
const READ = `SELECT a.ordinal, a.request_id, r.state ${RECLAIMABLE}
  AND a.request_id = ANY($2::bigint[]) ORDER BY a.ordinal`
const COUNT = `SELECT count(*) AS count ${RECLAIMABLE}`

const REVIVE = `UPDATE attempts SET released_at = NULL
  WHERE submission_id = $1 AND ordinal = ANY($2::bigint[])`
// waiting → assigned; one that was sent again is assigned already.
const ASSIGN = 'UPDATE progress SET state = 1 WHERE id = ANY($1::bigint[]) AND state = 0'

/** See `SendingStore.reclaimMembers`. */
export function reclaimMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Promise<{ readonly left: number }> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(submission.id))
    if (!submission.reclaimPending) return { left: 0 }
    await takeBackPage(step, submission.id)
    const left = (await step.db.get<{ count: number }>(COUNT, submission.id))?.count ?? 0
    if (left === 0) await changeSubmission(step, submission, { reclaimPending: false })
    return { left }
  })
}

async function takeBackPage(step: Step, submissionId: number): Promise<void> {
  const { db, pageLimit, now } = step
  const found = await db.all<{ request_id: number }>(FIND, submissionId, pageLimit)
  const requestIds = found.map((row) => row.request_id)
  if (requestIds.length === 0) return
  await lockRequests(step, requestIds, 'unsent')
  const members = await db.all<MemberRow>(READ, submissionId, numbers(requestIds))
  const attempts = await attemptsOf(step, requestIds)
  const writes = new RequestWrites()
  for (const member of members) {
    for (const other of attempts.get(member.request_id) ?? []) {
      if (isLive(other) && isUnsent(other)) writes.withdraw(other, now)
    }
    if (requestStates.word(member.state) === 'waiting') writes.leaveQueue(member.request_id)
  }
  await writes.flush(step)
  await db.run(REVIVE, submissionId, numbers(members.map((member) => member.ordinal)))
  await db.run(ASSIGN, numbers(members.map((member) => member.request_id)))
}
