import type { JobId, ProjectId, RequestId } from '../model/ids.js'

/** A versioned document: queues, pauses, the store's identity, heartbeats. */
export interface Setting {
  /** JSON. */
  readonly value: unknown
  /** Rises by one with every change, from 1. */
  readonly version: number
}

/** A broken invariant of reliability.md 1.8, found in the data. */
export interface Violation {
  /** `I1` to `I16`. */
  readonly invariant: string
  /** What is broken, naming ids. */
  readonly message: string
}

/** What a sweep did. */
export interface SweepResult {
  /** Whether there is more to clean; by a chore that failed there always is, and that does not count. */
  readonly more: boolean
  readonly jobsDone: readonly JobId[]
  /** Chores that failed, and why; what they would have done is left to the next sweep. */
  readonly failed: readonly SweepFailure[]
}

/** A chore of a sweep that failed. */
export interface SweepFailure {
  /** What it is about, in words. */
  readonly chore: string
  readonly error: unknown
}

/** Settings, cancellation, checks and cleaning. */
export interface UpkeepStore {
  getSetting(params: Readonly<{ scope: string; name: string }>): Promise<Setting | null>
  /**
   * Compare and set; `ifVersion` null means that there must be none yet.
   *
   * Answers null, and changes nothing, when the version is another.
   */
  putSetting(
    params: Readonly<{ scope: string; name: string; value: unknown; ifVersion: number | null }>,
  ): Promise<Setting | null>
  /**
   * Cancels requests of a project, at most `pageLimit`: a waiting one becomes canceled, one in a filling or
   * sealed submission is withdrawn (attempt kept, count and bytes lowered), a later one is flagged, and a paid
   * success is still kept (I9). The submissions of a flagged one bear when that was first wished, and one at the
   * provider is due at once. Done ones stay as they are.
   */
  cancel(
    params: Readonly<{
      project: ProjectId
      requestIds: readonly RequestId[]
      reason: 'canceled' | 'superseded'
    }>,
  ): Promise<{ readonly canceled: number; readonly withdrawn: number; readonly flagged: number }>
  /**
   * Cleaning, by page: removes lapsed leases, cancels superseded requests of committed parts, marks jobs done, and removes
   * open parts that nobody opened or put into for more than a day (with their keys, and the job when it has no other part)
   * and deliveries of queues without a subscription. Answers whether more is left.
   *
   * Each of these is an atomic step of its own, in this order, and one that fails stops none of the others (`sweepInTurn`).
   */
  sweep(): Promise<SweepResult>
  /**
   * Looks at about `limit` rows a call and answers all that is broken in them, so a page without violations is not the
   * end. `after` is the last answer's `next`, null to begin; what it says is the store's business. Null ends it.
   */
  verify(
    params: Readonly<{ after: string | null; limit: number }>,
  ): Promise<{ readonly violations: readonly Violation[]; readonly next: string | null }>
  /** Ends the connection. Every later call throws {@link StoreClosedError}. */
  shutdown(): Promise<void>
}
