import { type Fence, type SubmissionId, submissionResource } from '@halfrate/core'
import { attemptsOf, isLive, isUnsent, withdraw } from '../members.js'
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { leaveQueue } from '../waiting.js'

interface MemberRow {
  readonly ordinal: number
  readonly request_id: number
}

// A run of the primary key. Whose request is done has nothing to wait for; its line is still booked when it comes.
const RECLAIMABLE = `FROM attempts_now a CROSS JOIN progress r ON r.id = a.request_id
  WHERE a.submission_id = ? AND a.released_at IS NOT NULL AND a.withdrawn = 0
    AND a.outcome IS NULL AND r.state <> 2`
const READ = `SELECT a.ordinal, a.request_id ${RECLAIMABLE} ORDER BY a.ordinal LIMIT ?`
const COUNT = `SELECT count(*) AS count ${RECLAIMABLE}`

const REVIVE = 'UPDATE attempts SET released_at = NULL WHERE submission_id = ? AND ordinal = ?'
// waiting → assigned; one that was sent again is assigned already.
const ASSIGN = 'UPDATE progress SET state = 1 WHERE id = ? AND state = 0'

/** See `SendingStore.reclaimMembers`. */
export function reclaimMembers(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly left: number } {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(submission.id))
  if (!submission.reclaimPending) return { left: 0 }
  const members = session.db.all<MemberRow>(READ, submission.id, session.pageLimit)
  for (const member of members) takeBack(session, submission.id, member)
  const left = session.db.get<{ count: number }>(COUNT, submission.id)?.count ?? 0
  if (left === 0) changeSubmission(session, submission, { reclaimPending: false })
  return { left }
}

function takeBack(session: Session, submissionId: number, member: MemberRow): void {
  for (const other of attemptsOf(session, member.request_id)) {
    if (isLive(other) && isUnsent(other)) withdraw(session, other)
  }
  session.db.run(REVIVE, submissionId, member.ordinal)
  if (session.db.run(ASSIGN, member.request_id) > 0) leaveQueue(session, member.request_id)
}
