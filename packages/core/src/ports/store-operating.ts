import type { ProjectId, QueueName } from '../model/ids.js'
import type { SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'

/** A queue at a glance, for whoever looks after a store. */
export interface QueueOverview {
  readonly queue: QueueName
  /** Accepted requests that wait for a batch, among them those that are not due yet. */
  readonly waiting: number
  /** When the oldest of these was taken in; null when none waits. */
  readonly oldestWaitingAt: EpochMs | null
  /**
   * Requests in batches by the state of their batch, without what is over: dissolved, rejected, lost, collected. A batch
   * counts whole until it is over, also while its results come in.
   */
  readonly inBatches: Readonly<Partial<Record<SubmissionState, number>>>
}

/**
 * What people ask of a store beside the engine, which needs none of it. A store may do without: then nobody can ask.
 *
 * Each method is one atomic step, as those of {@link Store}.
 */
export interface OperatingStore {
  /**
   * Every queue of a project that has waiting requests, a batch, a job, or a settings document, by name in the order of
   * characters.
   */
  listQueues(params: Readonly<{ project: ProjectId }>): Promise<readonly QueueOverview[]>
}
