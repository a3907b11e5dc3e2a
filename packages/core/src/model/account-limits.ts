import type { ProjectId, QueueName } from './ids.js'
import type { EpochMs } from './time.js'

/** Value of the document that `accountLimitsSetting` names: what the provider allows, as somebody said or as it was asked. */
export interface AccountLimits {
  /**
   * Requests of batches that may be in line at the provider at once, for the whole organisation. Null: nobody said, so nothing is
   * divided, and what the provider refuses waits.
   */
  readonly enqueuedRequests: number | null
}

/** A queue of a project that would put more in line than it got room for. */
export interface LineDemand {
  readonly project: ProjectId
  readonly queue: QueueName
  readonly wants: number
  /** Forgotten from then on, unless it is said again. */
  readonly until: EpochMs
}

/** Value of the document that `lineDemandsSetting` names: who waits for room in an account's line; there is none before anybody did. */
export interface LineDemands {
  readonly demands: readonly LineDemand[]
}
