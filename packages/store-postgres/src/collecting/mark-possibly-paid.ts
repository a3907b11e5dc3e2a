import { type Fence, type SubmissionId, submissionResource } from '@halfrate/core'
import { checkFence, type Session } from '../session.js'
import { needSubmission } from '../submissions.js'

// A run of the primary key. What was booked directly has its outcome in the view alone; no line is booked meanwhile, since
// its submission is locked.
const MARK = `UPDATE attempts SET possibly_paid = 1 WHERE submission_id = $1 AND ordinal IN (
    SELECT ordinal FROM attempts_now
    WHERE submission_id = $1 AND outcome IS NULL AND withdrawn = 0 AND possibly_paid = 0
    ORDER BY ordinal LIMIT $2)`

/** See `CollectingStore.markPossiblyPaid`. */
export function markPossiblyPaid(
  session: Session,
  params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
): Promise<{ readonly marked: number }> {
  return session.write(async (step) => {
    const { id, state } = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, submissionResource(id))
    if (state !== 'ended') return { marked: 0 }
    return { marked: await step.db.run(MARK, id, step.pageLimit) }
  })
}
