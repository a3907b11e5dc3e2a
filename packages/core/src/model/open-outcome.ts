import type { BodyReason } from './changed-body.js'
import type { JobId, RequestId } from './ids.js'
import type { OutcomeType, Usability } from './outcome.js'
import type { EpochMs } from './time.js'

/** An attempt with a noted outcome, and what deciding about it needs. */
export interface OpenOutcome {
  readonly ordinal: number
  readonly requestId: RequestId
  /** Null for one outside a job. */
  readonly jobId: JobId | null
  readonly model: string
  /** Null when no line came for it. */
  readonly outcome: OutcomeType | null
  /** For a success only. */
  readonly usability: Usability | null
  readonly errorType: string | null
  /** Size of the item that it sent. */
  readonly itemBytes: number
  /** `max_tokens` of the body that its request has now, and why it has that; null for the one that it came with. */
  readonly maxTokens: number
  readonly bodyReason: BodyReason | null
  readonly failureCount: number
  readonly expiryCount: number
  readonly createdAt: EpochMs
  readonly deadlineAt: EpochMs | null
  readonly cancelRequested: boolean
  /** Its result line, where that was asked for and there is one. */
  readonly answer?: Uint8Array | null | undefined
}
