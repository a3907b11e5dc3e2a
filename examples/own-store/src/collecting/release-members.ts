import {
  type ReleaseEffect,
  type ReleaseMove,
  type ReleaseResult,
  releaseMember,
  type Submission,
  submissionResource,
  UNSENT_STATES,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { changeAttempt, changeRequest, changeSubmission } from '../rows/change.js'
import { withdraw } from '../rows/finish.js'
import { loadRequests } from '../rows/load-requests.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'
import { applyToRequest, releaseFacts } from './release-request.js'

/** See `CollectingStore.releaseMembers`. */
export function releaseMembers(
  session: Session,
  params: In<'releaseMembers'>,
): Promise<ReleaseResult> {
  const { submissionId: id, moves } = params
  return session.step(async (step) => {
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    session.checkPage(moves)
    const result = { released: 0, waiting: 0, done: 0, skipped: 0 }
    if (submission.state !== params.state || submission.remoteId !== params.remoteId) {
      return { ...result, skipped: moves.length }
    }
    await loadMembers(step, id, moves)
    for (const move of moves) count(result, releaseOne(step, submission, move))
    restWhenEmpty(step, submission)
    return result
  }, moves.length)
}

async function loadMembers(
  step: Step,
  id: Submission['id'],
  moves: readonly ReleaseMove[],
): Promise<void> {
  const names = moves.map((move) => `${id}:${move.ordinal}`)
  await step.attempts.load(names)
  const requestIds = names.flatMap((name) => step.attempts.get(name)?.attempt.requestId ?? [])
  await loadRequests(step, requestIds)
}

function count(result: { -readonly [Name in keyof ReleaseResult]: number }, effect: ReleaseEffect) {
  if (effect.type === 'skip') {
    result.skipped += 1
    return
  }
  result.released += 1
  if (effect.request.type === 'waiting') result.waiting += 1
  if (effect.request.type === 'done') result.done += 1
}

function releaseOne(step: Step, { id, state }: Submission, move: ReleaseMove): ReleaseEffect {
  const attempt = step.attempts.get(`${id}:${move.ordinal}`)?.attempt
  if (attempt === undefined || attempt.withdrawn) return { type: 'skip' }
  const effect = releaseMember(releaseFacts(step, attempt), move)
  if (effect.type === 'skip') return effect
  if (UNSENT_STATES.includes(state)) withdraw(step, attempt)
  else {
    changeAttempt(step, attempt, {
      releasedAt: step.now,
      possiblyPaid: attempt.possiblyPaid || move.possiblyPaid,
    })
  }
  const { failureCount, expiryCount } = step.requests.need(attempt.requestId).request
  changeRequest(step, attempt.requestId, {
    failureCount: failureCount + Number(effect.countAs === 'failure'),
    expiryCount: expiryCount + Number(effect.countAs === 'expiry'),
  })
  applyToRequest(step, attempt, effect.request)
  return effect
}

// Nothing is left to do for a refused or lost one; if its batch turns up, evidence gives it a next step again.
function restWhenEmpty(step: Step, { id, state }: Submission): void {
  const isOver = state === 'rejected' || state === 'lost'
  if (isOver && step.submissions.need(id).live === 0)
    changeSubmission(step, id, { nextStepAt: null })
}
