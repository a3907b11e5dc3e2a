import {
  assertSubmissionMove,
  type Fence,
  queueResource,
  type Submission,
  type SubmissionId,
  ZERO_USD,
} from '@halfrate/core'
import type { SealBudget } from '@halfrate/core/budgets'
import { fitsBudgets } from '../reading/budget-use.js'
import { checkFence, type Session } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `PlanningStore.sealSubmission`. */
export function sealSubmission(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    budgets?: readonly SealBudget[] | undefined
  }>,
): Submission {
  const submission = needSubmission(session, params.submissionId)
  checkFence(session, params.fence, queueResource(submission.project, submission.queue))
  if (submission.state !== 'filling') return submission
  if (submission.requestCount === 0) return dissolveEmpty(session, submission)
  if (!fitsBudgets(session, submission, params.budgets ?? [])) return submission
  assertSubmissionMove(submission.state, 'sealed')
  const now = session.now()
  return changeSubmission(session, submission, { state: 'sealed', sealedAt: now, nextStepAt: now })
}

/** Ends a submission that nobody is in any more. */
export function dissolveEmpty(session: Session, submission: Submission): Submission {
  assertSubmissionMove(submission.state, 'dissolved')
  return changeSubmission(session, submission, {
    state: 'dissolved',
    holdNano: ZERO_USD,
    nextStepAt: null,
  })
}
