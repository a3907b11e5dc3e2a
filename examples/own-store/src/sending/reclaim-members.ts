import { type Attempt, assertRequestMove, type RequestId, submissionResource } from '@halfrate/core'
import type { In, Out } from '../in-out.js'
import { changeAttempt, changeRequest, changeSubmission } from '../rows/change.js'
import { isUnsent, withdraw } from '../rows/finish.js'
import { liveAttempts, loadRequests } from '../rows/load-requests.js'
import { fromRank } from '../rows/pages.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `SendingStore.reclaimMembers`. */
export function reclaimMembers(
  session: Session,
  params: In<'reclaimMembers'>,
): Promise<Out<'reclaimMembers'>> {
  return session.step(async (step) => {
    const { submissionId: id } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    if (!submission.reclaimPending) return { left: 0 }
    const key = step.keys.of('given-up', id)
    const count = await step.connection.ask<number>('ZCARD', key)
    const page = { at: 0, limit: session.pageLimit }
    const ordinals = await fromRank(step.connection, key, page)
    for (const attempt of await loadMembers(step, id, ordinals)) takeBack(step, key, attempt)
    const left = count - ordinals.length
    if (left === 0) changeSubmission(step, id, { reclaimPending: false })
    return { left }
  })
}

async function loadMembers(
  step: Step,
  id: number,
  ordinals: readonly string[],
): Promise<readonly Attempt[]> {
  const names = ordinals.map((ordinal) => `${id}:${ordinal}`)
  await step.attempts.load(names)
  const requestIds: RequestId[] = names.map((name) => step.attempts.need(name).attempt.requestId)
  await loadRequests(step, requestIds)
  return names.map((name) => step.attempts.need(name).attempt)
}

function takeBack(step: Step, key: string, attempt: Attempt): void {
  const { state } = step.requests.need(attempt.requestId).request
  // Whose request is done by now has nothing to wait for; its line is still booked when it comes.
  if (state === 'done') {
    step.also('ZREM', key, String(attempt.ordinal))
    return
  }
  for (const other of liveAttempts(step, attempt.requestId)) {
    if (isUnsent(step, other)) withdraw(step, other)
  }
  changeAttempt(step, attempt, { releasedAt: null })
  if (state !== 'waiting') return
  assertRequestMove(state, 'assigned')
  changeRequest(step, attempt.requestId, { state: 'assigned' })
}
