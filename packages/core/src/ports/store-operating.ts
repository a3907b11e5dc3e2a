import type { ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { RetryRefusal } from '../model/retry-refusal.js'
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

/** A request that shall be sent again. */
export interface RetryRow {
  readonly requestId: RequestId
  /**
   * What is other than in its params, whose shared members stay: its own members, joined by commas and without braces, the
   * size of the item that they make, and their `max_tokens`. Null to ask the same.
   */
  readonly changed: {
    readonly body: Uint8Array
    readonly itemBytes: number
    readonly maxTokens: number
  } | null
}

/** How a row was met: with a new request, or not. */
export type RetryAnswer =
  | { readonly type: 'retried'; readonly id: RequestId }
  | { readonly type: 'refused'; readonly because: RetryRefusal }

/** How the database behind a store is. */
export interface StoreHealth {
  /** The database and its version: `SQLite 3.51.0`. */
  readonly engine: string
  /** The newest step of the schema. */
  readonly schema: string
  /** What it takes on its disk. */
  readonly bytes: number
  /** Whether a commit that was answered outlives a power cut, as far as the database's own settings tell. */
  readonly isDurable: boolean
  /** What the database itself finds broken in its file, at most 10; null when it was not looked for. */
  readonly faults: readonly string[] | null
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
  /**
   * Appends a new request under the key of each one that failed or was canceled, at most `pageLimit`, and answers in their
   * order. `policy/retrying.ts` decides.
   *
   * The new one waits at once, stands in the row of the old one in the listing of its job, whose state is `committed` again,
   * and shares its deadline, labels, lane and queue. It keeps the hash of the caller's params, also where something was
   * changed: the same line of an input is still the same request. The old one keeps its attempts and what they cost.
   */
  retry(
    params: Readonly<{ project: ProjectId; rows: readonly RetryRow[] }>,
  ): Promise<readonly RetryAnswer[]>
  /** `thorough` lets the database check its whole file, where it can: as long as reading it takes. */
  health(params: Readonly<{ thorough: boolean }>): Promise<StoreHealth>
}
