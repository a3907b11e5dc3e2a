import type { Attempt, RequestScope, SubmissionState } from '@halfrate/core'
import { attemptsOf, liveAttempts, loadRequests } from '../rows/load-requests.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { olderOf, requestPage } from './scope.js'

/** A request with its attempts, as they were at one instant. */
export interface Life {
  readonly row: StoredRequest
  readonly attempts: readonly Attempt[]
  /** The state of the submission of its newest live attempt; null when none is live. */
  readonly isIn: SubmissionState | null
}

/**
 * The requests of a scope, and those that they took the place of, page by page. Each page is of one instant, the whole
 * is not.
 */
export async function* livesIn(
  session: Session,
  scope: RequestScope,
): AsyncGenerator<readonly Life[]> {
  const limit = session.pageLimit
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after
    const page = await session.step((step) => lifePage(step, scope, { after: from, limit }))
    yield page.lives
    after = page.next
  }
}

async function lifePage(
  step: Step,
  scope: RequestScope,
  page: { readonly after: number; readonly limit: number },
): Promise<{ readonly lives: readonly Life[]; readonly next: number | null }> {
  // What a listed request took the place of is not listed any more, so it is found by it.
  const isJob = scope.jobId !== undefined
  const options = { ...page, states: null, older: !isJob }
  const { rows, next } = await requestPage(step, scope, options)
  const older = isJob ? await Promise.all(rows.map((row) => olderOf(step, row))) : []
  const all = [...rows, ...older.flat()]
  await loadRequests(
    step,
    all.map(({ request }) => request.id),
  )
  return { lives: all.map((row) => lifeOf(step, row)), next }
}

function lifeOf(step: Step, row: StoredRequest): Life {
  const { id } = row.request
  const newest = liveAttempts(step, id).at(-1)
  const isIn =
    newest === undefined ? null : step.submissions.need(newest.submissionId).submission.state
  return { row, attempts: attemptsOf(step, id), isIn }
}
