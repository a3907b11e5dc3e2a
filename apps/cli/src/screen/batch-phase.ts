import type { Request, Submission, SubmissionState } from '@halfrate/core'

/** Where a batch is, for programs; the words of the screens. `docs/states.md` says what each means. */
export type BatchPhase =
  | 'waiting'
  | 'sending'
  | 'at_claude'
  | 'fetching'
  | 'ended'
  | 'answer_lost'
  | 'never_reached'
  | 'refused'

/** Where a request is, for programs: one of the figures of a report, or done. */
export type RequestPhase = 'waiting' | 'at_claude' | 'answer_lost' | 'done'

const PHASES: Readonly<Record<SubmissionState, BatchPhase>> = {
  filling: 'waiting',
  sealed: 'waiting',
  dissolved: 'waiting',
  sending: 'sending',
  in_progress: 'at_claude',
  canceling: 'at_claude',
  ended: 'fetching',
  collected: 'ended',
  ambiguous: 'answer_lost',
  lost: 'never_reached',
  rejected: 'refused',
}

/** Where a batch in some state is. */
export function batchPhase(state: SubmissionState): BatchPhase {
  return PHASES[state]
}

const OF_REQUESTS: Readonly<Record<BatchPhase, RequestPhase>> = {
  waiting: 'waiting',
  sending: 'at_claude',
  at_claude: 'at_claude',
  fetching: 'at_claude',
  ended: 'at_claude',
  answer_lost: 'answer_lost',
  never_reached: 'waiting',
  refused: 'waiting',
}

/** Where a request is, told by the batch that it is in now; null when it is in none. */
export function requestPhase(
  { state }: Pick<Request, 'state'>,
  batch: Pick<Submission, 'state'> | null,
): RequestPhase {
  if (state !== 'assigned') return state
  return batch === null ? 'waiting' : OF_REQUESTS[batchPhase(batch.state)]
}
