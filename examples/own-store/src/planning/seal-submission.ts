import { assertSubmissionMove, type Submission, ZERO_USD } from '@halfrate/core'
import type { In } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { fitsBudgets } from '../reading/budget-use.js'
import { changeSubmission } from '../rows/change.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `PlanningStore.sealSubmission`. */
export function sealSubmission(
  session: Session,
  params: In<'sealSubmission'>,
): Promise<Submission> {
  return session.step(async (step) => {
    await step.submissions.load([params.submissionId])
    const { submission } = step.submissions.need(params.submissionId)
    await step.fence(params.fence, resourceOf(submission))
    if (submission.state !== 'filling') return submission
    if (submission.requestCount === 0) return dissolveEmpty(step, submission)
    if (!(await fitsBudgets(step, submission, params.budgets ?? []))) return submission
    assertSubmissionMove(submission.state, 'sealed')
    const { now } = step
    return changeSubmission(step, submission.id, {
      state: 'sealed',
      sealedAt: now,
      nextStepAt: now,
    })
  })
}

/** Ends a submission that nobody is in any more. */
export function dissolveEmpty(step: Step, submission: Submission): Submission {
  assertSubmissionMove(submission.state, 'dissolved')
  const ended = { state: 'dissolved', holdNano: ZERO_USD, nextStepAt: null } as const
  return changeSubmission(step, submission.id, ended)
}
