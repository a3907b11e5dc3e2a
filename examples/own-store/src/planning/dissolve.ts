import { type RequestId, releaseMember, submissionResource, UNSENT_STATES } from '@halfrate/core'
import { applyToRequest, releaseFacts } from '../collecting/release-request.js'
import type { In, Out } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { withdraw } from '../rows/finish.js'
import { loadRequests } from '../rows/load-requests.js'
import { fromRank } from '../rows/pages.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { dissolveEmpty } from './seal-submission.js'

/** See `PlanningStore.dissolve`. */
export function dissolve(session: Session, params: In<'dissolve'>): Promise<Out<'dissolve'>> {
  return session.step(async (step) => {
    const { submissionId: id } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, resourceOf(submission), submissionResource(id))
    if (!UNSENT_STATES.includes(submission.state)) return { left: 0 }
    // Whoever joins or leaves changes the submission's record too, which the step compares.
    const page = { at: 0, limit: session.pageLimit }
    const ordinals = await fromRank(step.connection, step.keys.of('live', id), page)
    const names = ordinals.map((ordinal) => `${id}:${ordinal}`)
    await step.attempts.load(names)
    const requestIds = names.map((name) => step.attempts.need(name).attempt.requestId)
    await loadRequests(step, requestIds)
    for (const [index, name] of names.entries()) putBack(step, name, requestIds[index] as RequestId)
    const row = step.submissions.need(id)
    if (row.live === 0) dissolveEmpty(step, row.submission)
    return { left: row.live }
  }, session.pageLimit)
}

function putBack(step: Step, name: string, requestId: RequestId): void {
  const { attempt } = step.attempts.need(name)
  const { notBefore } = step.requests.need(requestId).request
  const effect = releaseMember(releaseFacts(step, attempt), {
    outcome: null,
    to: { type: 'waiting', notBefore, countAs: 'nothing', batchLimit: null },
  })
  withdraw(step, attempt)
  if (effect.type === 'release') applyToRequest(step, attempt, effect.request)
}
