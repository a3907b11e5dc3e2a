import { laneKey, laneOf } from '../model/lane.js'
import type { OutcomeType } from '../model/outcome.js'
import type { Request } from '../model/request.js'
import type { Submission, SubmissionState } from '../model/submission.js'

/** What decides whether a member of a batch may be asked once more while the batch is at the provider. */
export interface HedgeFacts {
  readonly batch: Pick<Submission, 'state'>
  readonly attempt: { readonly outcome: OutcomeType | null; readonly released: boolean }
  readonly request: Pick<Request, 'state' | 'verdict'> & { readonly cancelRequested: boolean }
  /** The request's other attempts. */
  readonly others: readonly {
    readonly isLive: boolean
    /** It was made after the batch's own. */
    readonly isLater: boolean
    readonly submissionState: SubmissionState
  }[]
}

const AT_PROVIDER: readonly SubmissionState[] = ['ambiguous', 'in_progress', 'canceling', 'ended']

// Nothing came of those, for sure.
const UNPAID: readonly SubmissionState[] = ['dissolved', 'rejected']

/**
 * Whether a member of a batch may be asked once more, by a call beside it: its answer is open and wanted, and no other attempt is under
 * way. It is asked so once; again only if that was refused for sure, or never sent.
 */
export function mayHedge({ batch, attempt, request, others }: HedgeFacts): boolean {
  const isOpen = AT_PROVIDER.includes(batch.state) && !attempt.released && attempt.outcome === null
  const isWanted = request.state === 'assigned' && !request.cancelRequested
  const isOther = others.some(
    ({ isLive, isLater, submissionState }) =>
      isLive || (isLater && !UNPAID.includes(submissionState)),
  )
  return isOpen && isWanted && request.verdict === null && !isOther
}

/** The lane of the calls that hedge a batch. */
export function hedgeLane(lane: string): string {
  return laneKey({ ...laneOf(lane), route: 'realtime', why: 'hedge' })
}

/** Whether a submission hedges another. */
export function isHedge({ lane }: Pick<Submission, 'lane'>): boolean {
  return laneOf(lane).why === 'hedge'
}
