import {
  type AttemptCounts,
  assertSubmissionMove,
  type Submission,
  submissionResource,
  totalOf,
  ZERO_USD,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { useOfOne } from '../reading/budget-use.js'
import { changeSubmission } from '../rows/change.js'
import type { Session } from '../session.js'

/** See `CollectingStore.closeSubmission`. */
export function closeSubmission(
  session: Session,
  params: In<'closeSubmission'>,
): Promise<Submission | null> {
  return session.step(async (step) => {
    const { submissionId: id } = params
    await step.submissions.load([id])
    const { submission, live, ordinals } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    if (submission.state === 'collected') return submission
    if (submission.state !== 'ended' || live > 0 || submission.reclaimPending) return null
    assertSubmissionMove(submission.state, 'collected')
    const collected = { ...submission, state: 'collected' } as const
    const spent = await useOfOne(step, collected, ordinals)
    return changeSubmission(step, id, {
      state: 'collected',
      collectedAt: step.now,
      holdNano: ZERO_USD,
      spentNano: spent.spentNano,
      nextStepAt: null,
    })
  })
}

/** See `CollectingStore.countAttempts`. */
export function countAttempts(
  session: Session,
  params: In<'countAttempts'>,
): Promise<AttemptCounts> {
  return session.step(async (step) => {
    await step.submissions.load([params.submissionId])
    const row = step.submissions.get(params.submissionId)
    const none = { processing: 0, succeeded: 0, errored: 0, canceled: 0, expired: 0 }
    const outcomes = row?.outcomes ?? none
    return { total: totalOf(outcomes), outcomes, live: row?.live ?? 0 }
  })
}
