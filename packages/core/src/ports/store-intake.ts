import type { Filling } from '../model/filling.js'
import type { AccountId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { Job } from '../model/job.js'
import type { EpochMs } from '../model/time.js'

/** The shared members of many params, stored once. */
export interface PrefixBytes {
  readonly hash: Uint8Array
  /** Members of the params object as they came, joined by commas, without braces. */
  readonly bytes: Uint8Array
}

/** A file's bytes, stored once a project. */
export interface BlobBytes {
  /** SHA-256, 32 bytes. */
  readonly hash: Uint8Array
  /** At least one. */
  readonly bytes: Uint8Array
}

/** One request at the door, already validated. */
export interface IntakeRow {
  readonly key: string
  /** 16 bytes over the key's UTF-8. */
  readonly keyHash: Uint8Array
  /** Row in the job's input, from 1; null outside a job. */
  readonly row: number | null
  /** 16 bytes that are equal exactly when the params are the same members with the same bytes. */
  readonly paramsHash: Uint8Array
  /** The members of params that are not in the prefix, joined by commas, without braces. */
  readonly body: Uint8Array
  /**
   * The files that the body has marks of, each once. A store keeps them in the step that keeps the body, one copy for all
   * bodies of the project, until the last of those is discarded. It never looks for marks itself.
   *
   * What came is right: where the store has other bytes under a hash, it writes these in their place. So does a row that is
   * there already, if that failed as `file_damaged`.
   */
  readonly blobs?: readonly BlobBytes[] | undefined
  readonly prefix: PrefixBytes | null
  readonly itemBytes: number
  readonly lane: string
  /** Whether its caller named the route that stands in its lane, which a queue's rollout then leaves as it is. */
  readonly isRouteAsked?: boolean | undefined
  readonly model: string
  readonly maxTokens: number
  readonly deadlineAt: EpochMs | null
  readonly labels: Readonly<Record<string, string>> | null
}

/**
 * What to do with a key that is there with other params.
 *
 * `report`: nothing, the answer says so. `supersede`: append a new request under the key; the older one is
 * no longer planned and is canceled when the part is committed. `keep`: the older one stands.
 */
export type OnConflict = 'report' | 'supersede' | 'keep'

/** A page of requests, at most `pageLimit` of them. */
export interface PutParams {
  readonly project: ProjectId
  readonly account: AccountId
  readonly queue: QueueName
  /** Null for loose requests, which are accepted at once. */
  readonly job: Filling | null
  readonly onConflict: OnConflict
  readonly rows: readonly IntakeRow[]
}

/**
 * Answers a row, in the order of the rows.
 *
 * `new`: stored, also when it supersedes another. `same`: the request is there with these params. `conflict`: it is
 * there with others, and stands.
 * `part` is the part in which the request that is there was put, 0 outside a job.
 */
export interface PutAnswer {
  readonly type: 'new' | 'same' | 'conflict'
  readonly id: RequestId
  readonly part: number
  /** The row that the same key already has in this same part: the input repeats it. Null otherwise. */
  readonly repeatsRow: number | null
}

/** A part, in the filling in which its input was put, and what to say of it. */
export interface CommitParams extends Filling {
  /** How many requests of the part the input found or put. */
  readonly newRows: number
  readonly rowCount: number
  readonly sourceDigest: string | null
}

/**
 * How a commit went. `mismatch`: the part holds other rows than the input had, or is in another filling, or not open, so
 * it is not this input's. `stored` is how many requests the open part holds, 0 when none is open.
 */
export type CommitResult =
  | { readonly type: 'committed'; readonly job: Job }
  | { readonly type: 'mismatch'; readonly stored: number }

/**
 * How a discard went. `outdated`: the part is in another filling by now, or not open, and nothing was done.
 *
 * `stored` is how many requests the part held before, `left` how much is to be removed still. `fill` is the filling that
 * began with this call, with which to go on.
 */
export type DiscardResult =
  | {
      readonly type: 'discarded'
      readonly stored: number
      readonly left: number
      readonly fill: number
    }
  | { readonly type: 'outdated' }

/** Taking requests in. */
export interface IntakeStore {
  /**
   * Makes a job, or opens its next part; the same call resumes a part that is open, in the filling that it is in.
   *
   * Clears `sourceDigest`, so that an input which is not committed in the end is read again next time.
   */
  openJob(params: Readonly<{ project: ProjectId; queue: QueueName; name: string }>): Promise<Job>
  /**
   * Stores requests with body, files, prefix and key, or nothing (I1).
   *
   * A row that is `same`, or kept, gets the new row number and counts as listed in this part, both from the commit
   * on; an input that lists a key twice changes nothing by the second time. Requests of an open part are invisible to
   * planning. The page is one transaction.
   *
   * @throws {InvariantError} when the part is not open, or in another filling; nothing was stored.
   */
  putRequests(params: PutParams): Promise<readonly PutAnswer[]>
  /**
   * Accepts a part, by one row: from here on its requests are never lost.
   *
   * When the part holds another number of requests than `newRows`, or is in another filling, nothing happens and the
   * answer is `mismatch`; see {@link Filling} for what that proves. Committing again what is the newest commit, in the same
   * filling and of as many rows, answers `committed`.
   */
  commitJob(params: CommitParams): Promise<CommitResult>
  /**
   * Removes up to `pageLimit` requests of an open part with their keys, and the files that no other body has, and restores
   * what they superseded. What the newest committed input listed stays as it was. Does nothing to a part that is not open, or in another filling.
   *
   * Begins the next filling, also when there is nothing to remove: whoever put rows before can't put, commit or discard
   * any more. Call with the answered filling until nothing is left; somebody who opens the part in between ends that by a
   * discard of their own. The part stays open, and empty. The newest are removed first, so that each gives its key back to
   * the one that it took it from; what the part's input listed so far is forgotten with the first page.
   */
  discardPart(params: Filling): Promise<DiscardResult>
  /** Null when there is none. */
  findJob(params: Readonly<{ project: ProjectId; name: string }>): Promise<Job | null>
}
