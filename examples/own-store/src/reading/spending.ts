import { NO_SPENDING, plusSpending, type RequestId, type Spending, spentOn } from '@halfrate/core'
import type { In } from '../in-out.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import { mergedIdsAfter } from '../rows/pages.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `ReadStore.spending`. Adds up page by page; what a page says of its requests is of one instant. */
export async function spending(session: Session, params: In<'spending'>): Promise<Spending> {
  let sum = NO_SPENDING
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after
    const page = await session.step((step) =>
      spendingPage(step, params, { after: from, limit: session.pageLimit }),
    )
    sum = plusSpending(sum, page.spending)
    after = page.next
  }
  return sum
}

async function spendingPage(
  step: Step,
  { project, jobId }: In<'spending'>,
  page: { readonly after: number; readonly limit: number },
): Promise<{ readonly spending: Spending; readonly next: number | null }> {
  await step.jobs.load([jobId])
  if (step.jobs.get(jobId)?.job.project !== project) return { spending: NO_SPENDING, next: null }
  const states = ['waiting', 'assigned', 'done'] as const
  const keys = states.map((state) => step.keys.jobAccepted(jobId, state))
  const ids = await mergedIdsAfter<RequestId>(step.connection, keys, page)
  await loadRequests(step, ids)
  const parts = ids
    .flatMap((id) => attemptsOf(step, id))
    .map((attempt) => {
      const { submission } = step.submissions.need(attempt.submissionId)
      return spentOn(attempt, submission.state)
    })
  const next = ids.length < page.limit ? null : (ids.at(-1) ?? null)
  return { spending: parts.reduce(plusSpending, NO_SPENDING), next }
}
