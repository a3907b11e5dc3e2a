import type { OpenOutcome } from '../model/open-outcome.js'
import type { Submission } from '../model/submission.js'

/**
 * Whether a batch may be canceled at the provider at all: only one that is running and that we know by the answer to
 * our own send. A batch that was found in the list has ended before anything proves that it is ours; a twin isn't asked
 * about, since the same requests may be wanted in the submission it was copied from.
 */
export function mayBeCanceled(
  submission: Pick<Submission, 'state' | 'twinOf' | 'cancelRequestedAt'>,
): boolean {
  const { state, twinOf, cancelRequestedAt } = submission
  return state === 'in_progress' && twinOf === null && cancelRequestedAt !== null
}

/** Whether none of these members is wanted any more: each that is still open was canceled by its caller. */
export function isUnwanted(members: readonly Pick<OpenOutcome, 'cancelRequested'>[]): boolean {
  return members.every(({ cancelRequested }) => cancelRequested)
}
