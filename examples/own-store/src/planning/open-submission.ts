import { NEW_SUBMISSION, type Submission, type SubmissionId } from '@halfrate/core'
import type { In } from '../in-out.js'
import { resourceOf } from '../keys.js'
import { withoutAttempts } from '../rows/stored-submission.js'
import type { Session } from '../session.js'
import type { Step } from '../step.js'

/** See `PlanningStore.openSubmission`. */
export function openSubmission(
  session: Session,
  params: In<'openSubmission'>,
): Promise<Submission> {
  const { fence, ...chosen } = params
  return session.step(async (step) => {
    await step.fence(fence, resourceOf(params))
    const there = await submissionOfNonce(step, params.nonce)
    if (there !== null) return there
    const id = step.takeId<SubmissionId>()
    return addSubmission(step, { ...NEW_SUBMISSION, ...chosen, id, openedAt: step.now })
  }, 1)
}

/** The submission that was opened with a nonce, loaded; twins, which share it, are left out. */
export async function submissionOfNonce(step: Step, nonce: string): Promise<Submission | null> {
  return pointedTo(step, step.keys.of('nonce', nonce))
}

/** The submission that has a batch, loaded. */
export async function submissionOfBatch(
  step: Step,
  of: { readonly account: Submission['account']; readonly remoteId: string },
): Promise<Submission | null> {
  return pointedTo(step, step.keys.remote(of.account, of.remoteId))
}

async function pointedTo(step: Step, key: string): Promise<Submission | null> {
  await step.pointers.load([key])
  const id = step.pointers.get(key) as SubmissionId | null
  if (id === null) return null
  await step.submissions.load([id])
  return step.submissions.need(id).submission
}

/** Adds a submission and what it is found by. */
export function addSubmission(step: Step, submission: Submission): Submission {
  const { id, nonce, twinOf } = submission
  step.submissions.set(id, withoutAttempts(submission))
  if (twinOf === null) step.pointers.set(step.keys.of('nonce', nonce), id)
  pointFromBatch(step, submission)
  return submission
}

/** Lets the submission of a batch be found by it. A batch that was taken for another program's is ours after all. */
export function pointFromBatch(step: Step, { id, account, remoteId }: Submission): void {
  if (remoteId === null) return
  step.pointers.set(step.keys.remote(account, remoteId), id)
  step.also('SREM', step.keys.of('foreign', account), remoteId)
}
