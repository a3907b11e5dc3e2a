import type { RequestId } from './ids.js'
import type { OutcomeType } from './outcome.js'
import type { EpochMs } from './time.js'

/** An attempt with a noted outcome, and what deciding about it needs. */
export interface OpenOutcome {
  readonly ordinal: number
  readonly requestId: RequestId
  /** Null when no line came for it. */
  readonly outcome: OutcomeType | null
  readonly errorType: string | null
  readonly failureCount: number
  readonly expiryCount: number
  readonly createdAt: EpochMs
  readonly deadlineAt: EpochMs | null
  readonly cancelRequested: boolean
}
