import type { Submission, SubmissionId } from '@halfrate/core'
import {
  billedAt,
  COST_SUBMISSIONS,
  type CostRow,
  type CostsPage,
  type CostsQuery,
  costPlaces,
  costRowOf,
  isCost,
} from '@halfrate/core/money'
import type { In } from '../in-out.js'
import { idsAfter } from '../rows/pages.js'
import { nameOf } from '../rows/stored-attempt.js'
import type { StoredSubmission } from '../rows/stored-submission.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/**
 * See `ReadStore.readCosts`. There is no index of submissions by time, so all from the cursor on are gone through, each
 * once in a reading.
 */
export function readCosts(session: Session, params: In<'readCosts'>): Promise<CostsPage> {
  return session.step(async (step) => {
    const found = await submissionsFrom(step, params)
    const { submissionIds, from, to, next } = costPlaces(
      found.map(({ submission, ordinals }) => ({ id: submission.id, places: ordinals })),
      { after: params.after, limit: session.pageOf(params.limit) },
    )
    const refs = submissionIds.flatMap((submissionId) => {
      const { ordinals } = step.submissions.need(submissionId)
      const places = Array.from({ length: Math.min(to, ordinals) - from }, (_, at) => from + at)
      return places.map((ordinal) => nameOf({ submissionId, ordinal }))
    })
    return { rows: await rowsAt(step, refs), next }
  })
}

async function submissionsFrom(
  step: Step,
  { project, from, to, after }: CostsQuery,
): Promise<readonly StoredSubmission[]> {
  const found: StoredSubmission[] = []
  for (let afterId = (after?.submissionId ?? 0) - 1; found.length < COST_SUBMISSIONS; ) {
    const page = { after: afterId, limit: COST_SUBMISSIONS }
    const ids = await idsAfter<SubmissionId>(step.connection, step.keys.of('submissions'), page)
    await step.submissions.load(ids)
    found.push(...ids.map((id) => step.submissions.need(id)).filter(isAsked))
    const last = ids.at(-1)
    if (last === undefined || ids.length < COST_SUBMISSIONS) break
    afterId = last
  }
  return found.slice(0, COST_SUBMISSIONS)

  function isAsked({ submission }: { readonly submission: Submission }): boolean {
    const at = billedAt(submission)
    return submission.project === project && at >= from && at < to
  }
}

async function rowsAt(step: Step, refs: readonly string[]): Promise<readonly CostRow[]> {
  await step.attempts.load(refs)
  const attempts = refs.map((ref) => step.attempts.need(ref).attempt).filter(isCost)
  await step.requests.load([...new Set(attempts.map(({ requestId }) => requestId))])
  const requests = attempts.map(({ requestId }) => step.requests.need(requestId).request)
  await step.jobs.load([...new Set(requests.flatMap(({ jobId }) => jobId ?? []))])
  return attempts.map((attempt) => {
    const { request } = step.requests.need(attempt.requestId)
    const batch = step.submissions.need(attempt.submissionId).submission
    const { jobId } = request
    const jobName = jobId === null ? null : step.jobs.need(jobId).job.name
    return costRowOf({ attempt, request, batch, jobName })
  })
}
