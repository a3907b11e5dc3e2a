import {
  type Fence,
  type ReleaseEffect,
  type ReleaseMove,
  type ReleaseResult,
  type RemoteId,
  releaseMember,
  type Submission,
  type SubmissionId,
  type SubmissionState,
  submissionResource,
  UNSENT_STATES,
} from '@halfrate/core'
import { withdraw } from '../members.js'
import { checkFence, checkPage, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'
import { hasLiveMembers } from './close-submission.js'
import { applyRelease, findMember, releaseFactsOf } from './release-effect.js'

// By primary key.
const RELEASE = `UPDATE attempts SET released_at = ?, possibly_paid = max(possibly_paid, ?)
  WHERE submission_id = ? AND ordinal = ?`

/** See `CollectingStore.releaseMembers`. */
export function releaseMembers(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    state: SubmissionState
    remoteId: RemoteId | null
    moves: readonly ReleaseMove[]
  }>,
): ReleaseResult {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, submissionResource(submission.id))
  checkPage(session, params.moves)
  if (submission.state !== params.state || submission.remoteId !== params.remoteId) {
    return { released: 0, waiting: 0, done: 0, skipped: params.moves.length }
  }
  const result = { released: 0, waiting: 0, done: 0, skipped: 0 }
  for (const move of params.moves) {
    const effect = releaseOne(session, submission, move)
    if (effect.type === 'skip') {
      result.skipped += 1
      continue
    }
    result.released += 1
    if (effect.request.type === 'waiting') result.waiting += 1
    if (effect.request.type === 'done') result.done += 1
  }
  restWhenEmpty(session, submission)
  return result
}

function releaseOne(session: Session, { id, state }: Submission, move: ReleaseMove): ReleaseEffect {
  const member = findMember(session, id, move.ordinal)
  if (member === undefined || member.withdrawn === 1) return { type: 'skip' }
  const effect = releaseMember(releaseFactsOf(session, member), move)
  if (effect.type === 'skip') return effect
  const { possiblyPaid, ordinal } = move
  if (UNSENT_STATES.includes(state)) withdraw(session, member)
  else session.db.run(RELEASE, session.now(), possiblyPaid ? 1 : 0, id, ordinal)
  applyRelease(session, member, effect)
  return effect
}

// Nothing is left to do for a refused or lost one; if its batch turns up, evidence gives it a next step again.
function restWhenEmpty(session: Session, submission: Submission): void {
  const isOver = submission.state === 'rejected' || submission.state === 'lost'
  if (!isOver || hasLiveMembers(session, submission.id)) return
  changeSubmission(session, submission, { nextStepAt: null })
}
