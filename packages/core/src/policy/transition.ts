import { IllegalTransitionError } from '../errors.js'
import type { RequestState } from '../model/request.js'
import type { SubmissionState } from '../model/submission.js'

// The whole state machine stands in these two tables. `lost` and `rejected` are final for their requests only:
// a batch that turns up later is still taken, as an orphan.
const SUBMISSION_MOVES: Readonly<Record<SubmissionState, readonly SubmissionState[]>> = {
  filling: ['sealed', 'dissolved'],
  sealed: ['sending', 'dissolved'],
  dissolved: [],
  sending: ['in_progress', 'rejected', 'ambiguous', 'ended'],
  ambiguous: ['in_progress', 'rejected', 'ended', 'lost'],
  rejected: ['in_progress', 'ended'],
  lost: ['in_progress', 'ended'],
  in_progress: ['canceling', 'ended'],
  canceling: ['ended'],
  ended: ['collected'],
  collected: [],
}

const REQUEST_MOVES: Readonly<Record<RequestState, readonly RequestState[]>> = {
  waiting: ['assigned', 'done'],
  assigned: ['waiting', 'done'],
  done: [],
}

/** Whether a submission may go from one state to another in one step. Staying is not a move. */
export function canSubmissionMove(from: SubmissionState, to: SubmissionState): boolean {
  return SUBMISSION_MOVES[from].includes(to)
}

/**
 * Passes when a submission may make this move.
 *
 * @throws {IllegalTransitionError} when it may not.
 */
export function assertSubmissionMove(from: SubmissionState, to: SubmissionState): void {
  if (!canSubmissionMove(from, to)) throw new IllegalTransitionError('A submission', from, to)
}

/** Whether a request may go from one state to another in one step. Staying is not a move. */
export function canRequestMove(from: RequestState, to: RequestState): boolean {
  return REQUEST_MOVES[from].includes(to)
}

/**
 * Passes when a request may make this move.
 *
 * @throws {IllegalTransitionError} when it may not.
 */
export function assertRequestMove(from: RequestState, to: RequestState): void {
  if (!canRequestMove(from, to)) throw new IllegalTransitionError('A request', from, to)
}

/** States in which a submission's members are not on the wire and can still be withdrawn. */
export const UNSENT_STATES: readonly SubmissionState[] = ['filling', 'sealed']

/** States in which it is not known whether the provider has the batch. */
export const UNRESOLVED_STATES: readonly SubmissionState[] = ['sending', 'ambiguous']
