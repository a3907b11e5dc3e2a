import type { Submission, SubmissionId } from '@halfrate/core'
import type { In } from '../in-out.js'
import type { Session } from '../session.js'
import { livesIn } from './lives.js'

/** See `ReadStore.submissionsOf`. */
export async function submissionsOf(
  session: Session,
  params: In<'submissionsOf'>,
): Promise<readonly Submission[]> {
  const limit = session.pageOf(params.limit)
  const ids = new Set<SubmissionId>()
  for await (const page of livesIn(session, params.scope)) {
    for (const { submissionId } of page.flatMap((life) => life.attempts)) {
      if (submissionId > params.afterId) ids.add(submissionId)
    }
  }
  const first = [...ids].sort((a, b) => a - b).slice(0, limit)
  return session.step(async (step) => {
    await step.submissions.load(first)
    return first.map((id) => step.submissions.need(id).submission)
  })
}
