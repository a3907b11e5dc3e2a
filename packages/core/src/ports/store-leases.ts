import type { ProjectId, QueueName, SubmissionId, WorkerId } from '../model/ids.js'
import type { EpochMs } from '../model/time.js'

/** A worker's time-limited right over a resource. The epoch only ever rises, so an old holder is found out. */
export interface Lease {
  /** `queue:<project>/<queue>`, `submission:<id>`, `delivery:<id>` or `singleton:<name>`. */
  readonly resource: string
  readonly workerId: WorkerId
  readonly epoch: number
  /** On the store's clock. */
  readonly expiresAt: EpochMs
}

/**
 * The part of a lease that a fenced write presents. Whoever gave the lease back, lost it, or holds another resource
 * than the write is about gets {@link LeaseLostError}, and nothing is written.
 */
export interface Fence {
  readonly resource: string
  readonly epoch: number
}

/**
 * What a worker wants to do next.
 *
 * `queues`: queues with plannable waiting requests that are due, or a filling submission; the longest unclaimed come
 * first, so that none starves. `submissions`: those whose `nextStepAt` is due, earliest first; `except` are passed by,
 * as those that the caller works on, whose leases are its own; at most 1,000. `deliveries`: those of one queue that
 * are due, earliest first. `singleton`: one named duty of the whole store.
 */
export type Work =
  | { readonly type: 'queues' }
  | { readonly type: 'submissions'; readonly except?: readonly SubmissionId[] | undefined }
  | { readonly type: 'deliveries'; readonly project: ProjectId; readonly queue: QueueName }
  | { readonly type: 'singleton'; readonly name: string }

/** What a worker asks for. */
export interface ClaimParams {
  readonly work: Work
  readonly workerId: WorkerId
  /** How long the claim holds without renewal, milliseconds, 1,000 to 86,400,000. */
  readonly leaseMs: number
  /** Most leases to return, 1 to 1,000. */
  readonly limit: number
  /** A worker known to be dead: its leases count as free. */
  readonly takeOverFrom?: WorkerId | undefined
}

/** What a worker got. */
export interface ClaimResult {
  readonly leases: readonly Lease[]
  /** For a singleton that somebody else holds: that lease. */
  readonly heldBy: Lease | null
  /**
   * For `queues` and `deliveries`, when fewer than `limit` were free: when there is more to claim, as far as is known now.
   * Then something becomes due, or a lease ends that another one holds on what is due. Else null.
   */
  readonly nextDueAt: EpochMs | null
}

/** Time, leases and fencing. */
export interface LeaseStore {
  /** The only clock for leases and schedules. */
  now(): Promise<EpochMs>
  /** Takes leases that are free, lapsed, or the caller's own; each gets a higher epoch. Atomic. */
  claim(params: ClaimParams): Promise<ClaimResult>
  /**
   * Prolongs a lease from now.
   *
   * @throws {LeaseLostError} when the epoch is no longer the newest.
   */
  renew(params: Readonly<{ fence: Fence; leaseMs: number }>): Promise<Lease>
  /** Gives a lease back; its epoch is never given out again. Does nothing when it is lost already. */
  release(params: Readonly<{ fence: Fence }>): Promise<void>
}
