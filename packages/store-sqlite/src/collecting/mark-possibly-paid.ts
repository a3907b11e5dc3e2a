import { type Fence, type SubmissionId, submissionResource } from '@halfrate/core'
import { checkFence, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'

// A run of the primary key. What was booked directly has its outcome in the view alone.
const MARK = `UPDATE attempts SET possibly_paid = 1 WHERE submission_id = ? AND ordinal IN (
    SELECT ordinal FROM attempts_now
    WHERE submission_id = ? AND outcome IS NULL AND withdrawn = 0 AND possibly_paid = 0
    ORDER BY ordinal LIMIT ?)`

/** See `CollectingStore.markPossiblyPaid`. */
export function markPossiblyPaid(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): { readonly marked: number } {
  const { id, state } = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(id))
  if (state !== 'ended') return { marked: 0 }
  return { marked: session.db.run(MARK, id, id, session.pageLimit) }
}
