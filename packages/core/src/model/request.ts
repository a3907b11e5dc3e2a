import type { AccountId, JobId, ProjectId, QueueName, RequestId } from './ids.js'
import type { Usability } from './outcome.js'
import type { EpochMs } from './time.js'

/** `waiting`: for a batch. `assigned`: in a live submission. `done`: final. */
export type RequestState = 'waiting' | 'assigned' | 'done'

/** How a done request ended. */
export type RequestStatus = 'succeeded' | 'failed' | 'canceled'

/**
 * Why a done request ended as it did.
 *
 * `errored`: the provider refused it for good. `expired`: given up after repeated expiry.
 * `gave_up`: errors that could be retried went on until the limit. `result_lost`: its paid result
 * could not be fetched. `possibly_paid`: it can't be known whether it was paid, and it must not run
 * twice. `rejected`: the batch that held it alone was refused. `file_damaged`: a file of it is not in the store as it
 * came, so it was not sent. `canceled`, `superseded`: by the caller.
 */
export type ReasonCode =
  | Usability
  | 'errored'
  | 'expired'
  | 'gave_up'
  | 'result_lost'
  | 'possibly_paid'
  | 'rejected'
  | 'file_damaged'
  | 'canceled'
  | 'superseded'

/** How a request ends. */
export interface Verdict {
  readonly status: RequestStatus
  readonly reason: ReasonCode
  /** The provider's error type or code behind it, where there is one; of a damaged file what was expected and what is there. */
  readonly detail: string | null
}

/** Names one attempt: its submission and its place in it. */
export interface AttemptRef {
  readonly submissionId: number
  readonly ordinal: number
}

/** One unit of work: Messages API `params` and our options, without the fat bodies. */
export interface Request {
  readonly id: RequestId
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  readonly jobId: JobId | null
  /** The row number in the job's newest input, from 1; null outside a job. */
  readonly row: number | null
  /** The caller's id of the request, unique in its job, else in its queue. 1 to 512 bytes of UTF-8. */
  readonly key: string
  /** What must be the same for requests of one batch; see {@link Lane}. */
  readonly lane: string
  /** `params.model` as the caller wrote it, or as a policy changed it; empty when it has none that is text. */
  readonly model: string
  /** `params.max_tokens`, for estimates. */
  readonly maxTokens: number
  /** Size of its item on the wire, custom id included. */
  readonly itemBytes: number
  /** Names the stored bytes of its params. */
  readonly bodyId: number
  readonly labels: Readonly<Record<string, string>> | null
  readonly state: RequestState
  /** The verdict of a done request; for an open one the verdict that waits for its last live attempt. */
  readonly verdict: Verdict | null
  /** The attempt whose result the request ended with. */
  readonly result: AttemptRef | null
  /** Not sent before this instant. */
  readonly notBefore: EpochMs
  readonly deadlineAt: EpochMs | null
  readonly createdAt: EpochMs
  readonly doneAt: EpochMs | null
  readonly cancelRequestedAt: EpochMs | null
  /** Attempts so far, live one included. */
  readonly attemptCount: number
  /** Attempts that failed for a reason of the request itself. */
  readonly failureCount: number
  readonly expiryCount: number
  /** The largest batch it may join; null means no limit of its own. Set after expiries and refused batches. */
  readonly batchLimit: number | null
  /** The newer request under the same key that takes its place. */
  readonly supersededBy: RequestId | null
}
