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
import { checkFence, type Session, type Step } from '../session.js'
import { changeSubmission, needSubmission } from '../submissions.js'

/** See `PlanningStore.sealSubmission`. */
export function sealSubmission(
  session: Session,
  params: Readonly<{
    fence: Fence
    submissionId: SubmissionId
    budgets?: readonly SealBudget[] | undefined
  }>,
): Promise<Submission> {
  return session.write(async (step) => {
    const submission = await needSubmission(step, params.submissionId)
    await checkFence(step, params.fence, queueResource(submission.project, submission.queue))
    if (submission.state !== 'filling') return submission
    if (submission.requestCount === 0) return dissolveEmpty(step, submission)
    if (!(await fitsBudgets(step, submission, params.budgets ?? []))) return submission
    assertSubmissionMove(submission.state, 'sealed')
    const { now } = step
    return changeSubmission(step, submission, { state: 'sealed', sealedAt: now, nextStepAt: now })
  })
}

/** Ends a submission that nobody is in any more. */
export function dissolveEmpty(step: Step, submission: Submission): Promise<Submission> {
  assertSubmissionMove(submission.state, 'dissolved')
  return changeSubmission(step, submission, {
    state: 'dissolved',
    holdNano: ZERO_USD,
    nextStepAt: null,
  })
}
