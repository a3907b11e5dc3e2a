import type { RequestId, RequestLife } from '@halfrate/core'
import type { In } from '../in-out.js'
import { attemptsOf, loadRequests } from '../rows/load-requests.js'
import type { StoredRequest } from '../rows/stored-request.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { olderOf } from './scope.js'

/** See `ReadStore.getRequest`. */
export function getRequest(
  session: Session,
  params: In<'getRequest'>,
): Promise<RequestLife | null> {
  return session.step(async (step) => {
    const row = 'id' in params ? await byId(step, params.id) : await byKey(step, params)
    if (row === null || row.request.project !== params.project) return null
    await loadRequests(step, [row.request.id])
    const older = await olderOf(step, row)
    return {
      request: row.request,
      attempts: attemptsOf(step, row.request.id).map((attempt) => ({
        attempt,
        submission: step.submissions.need(attempt.submissionId).submission,
      })),
      changedBodies: row.changedBodies ?? [],
      replaced: older.map(({ request }) => request.id),
    }
  })
}

async function byId(step: Step, id: RequestId): Promise<StoredRequest | null> {
  await step.requests.load([id])
  return step.requests.get(id)
}

// Under a key, requests of an open part are not seen yet.
async function byKey(
  step: Step,
  params: Extract<In<'getRequest'>, { key: string }>,
): Promise<StoredRequest | null> {
  const { project, scope, key } = params
  const pointer = step.keys.key('jobId' in scope ? scope : { project, ...scope }, key)
  await step.pointers.load([pointer])
  let id = step.pointers.get(pointer) as RequestId | null
  while (id !== null) {
    const row = await byId(step, id)
    if (row?.accepted === true) return row
    id = row?.supersedes ?? null
  }
  return null
}
