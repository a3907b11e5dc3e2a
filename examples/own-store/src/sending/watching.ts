import {
  applyPoll,
  assertSubmissionMove,
  type Submission,
  submissionResource,
  ZERO_USD,
} from '@halfrate/core'
import type { In } from '../in-out.js'
import { changeSubmission } from '../rows/change.js'
import type { Session } from '../session.js'

/** See `SendingStore.recordScan`. */
export function recordScan(session: Session, params: In<'recordScan'>): Promise<Submission> {
  return session.step(async (step) => {
    const { submissionId: id, search, nextStepAt, lost } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    const { state } = submission
    const isCurrent = state === 'ambiguous' && submission.search.scans === params.basedOnScans
    if (!isCurrent) return submission
    if (lost === null) return changeSubmission(step, id, { search, nextStepAt })
    assertSubmissionMove(state, 'lost')
    const { possiblyPaid } = lost
    // Its members are let go at once.
    const times = { verdictAt: step.now, nextStepAt: step.now }
    const ended = { state: 'lost', possiblyPaid, holdNano: ZERO_USD } as const
    return changeSubmission(step, id, { search, ...ended, ...times })
  })
}

/** See `SendingStore.recordPoll`. */
export function recordPoll(session: Session, params: In<'recordPoll'>): Promise<Submission> {
  return session.step(async (step) => {
    const { submissionId: id, askedAt, batch, nextStepAt } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    const changes = applyPoll(submission, { askedAt, batch }, step.now)
    if (changes === null) return submission
    if (changes.state !== undefined && changes.state !== submission.state) {
      assertSubmissionMove(submission.state, changes.state)
    }
    return changeSubmission(step, id, { ...changes, nextStepAt })
  })
}

/** See `SendingStore.noteSubmission`. */
export function noteSubmission(
  session: Session,
  params: In<'noteSubmission'>,
): Promise<Submission> {
  return session.step(async (step) => {
    const { submissionId: id, nextStepAt } = params
    await step.submissions.load([id])
    const { submission } = step.submissions.need(id)
    await step.fence(params.fence, submissionResource(id))
    if (submission.state === 'dissolved' || submission.state === 'collected') return submission
    const collecting = params.collecting ?? submission.collecting
    return changeSubmission(step, id, { nextStepAt, collecting })
  })
}
