/** Requests of a submission's queue that a step has ended without looking at their rows. */
export interface EndedOfSubmission {
  readonly submissionId: number
  readonly requestIds: readonly number[]
}

/** The requests that a step has ended, for what must be kept of them in the same transaction. */
export class EndedRequests {
  /** Those whose queue is in their rows. */
  readonly requestIds: number[] = []
  /** Those that are of the queue of their submission. */
  ofSubmission: EndedOfSubmission | null = null
  /** Whether any queue has a subscription, when the step has asked for it along with something else. */
  hasSubscriptions: boolean | null = null
}
