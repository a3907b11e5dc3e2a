import type { SealBudget } from '../model/budget.js'
import type {
  AccountId,
  JobId,
  Nonce,
  ProjectId,
  QueueName,
  RequestId,
  SubmissionId,
} from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { Submission } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'
import type { Fence } from './store-leases.js'

/** Requests of one queue that could share batches. */
export interface WaitingGroup {
  readonly account: AccountId
  readonly lane: string
  /** The largest batch that these may join; null for no limit of their own. */
  readonly batchLimit: number | null
  /** Requests due now, the oldest first, counted up to the `upTo` of the question. */
  readonly count: number
  /** Item bytes of those that were counted. */
  readonly bytes: number
  readonly oldestCreatedAt: EpochMs
  /** Highest id among all due ones. */
  readonly maxId: number
}

/** What planning knows of a queue. Requests of open parts and superseded ones are not in it. */
export interface QueueFacts {
  readonly groups: readonly WaitingGroup[]
  /** Earliest `notBefore` of the waiting requests that are not due yet; null for none. */
  readonly nextDueAt: EpochMs | null
  /** The submissions of this queue that are being filled. */
  readonly filling: readonly Submission[]
}

/** A waiting request, as planning sees it. */
export interface WaitingRequest {
  readonly id: RequestId
  /** Null for one outside a job. */
  readonly jobId: JobId | null
  readonly model: string
  readonly itemBytes: number
  readonly maxTokens: number
}

/** A request that joins a submission. */
export interface NewMember {
  readonly requestId: RequestId
  readonly holdNano: NanoUsd | null
}

/** A member of a batch that is to be asked once more. */
export interface HedgeParams {
  /** Of the lease of the batch. */
  readonly fence: Fence
  readonly submissionId: SubmissionId
  readonly ordinal: number
  /** Of the call: `hedgeLane` of the batch's. */
  readonly lane: string
  readonly nonce: Nonce
  readonly holdNano: NanoUsd | null
  readonly budgets: readonly SealBudget[]
}

/**
 * What became of it. `gone`: it may not be asked once more (any more), as `mayHedge` says. `no_room`: a document of the budgets has changed, or
 * they leave no room for its hold.
 */
export type HedgeResult =
  | { readonly type: 'opened'; readonly submission: Submission }
  | { readonly type: 'gone' | 'no_room' }

/** Turning waiting requests into submissions. Writes are fenced by the queue's lease. */
export interface PlanningStore {
  /**
   * `upTo` bounds how many requests a group is counted to, since counting millions is not needed. Waiting requests of the
   * jobs in `except` are in no group, so that those that wait for something of their own don't hide the others.
   */
  queueFacts(
    params: Readonly<{
      project: ProjectId
      queue: QueueName
      upTo: number
      except?: readonly JobId[] | undefined
    }>,
  ): Promise<QueueFacts>
  /**
   * Due waiting requests of one group in wire order (model, prefix, id), up to `maxId`, without those of the jobs in
   * `except`. In which order models and prefixes come is the store's choice, as long as it stays; equal ones stand
   * together.
   *
   * Taken ones leave the answer, so the next call continues after `addMembers`. At most `pageLimit`.
   */
  readWaiting(
    params: Readonly<{
      project: ProjectId
      queue: QueueName
      account: AccountId
      lane: string
      batchLimit: number | null
      maxId: number
      limit: number
      except?: readonly JobId[] | undefined
    }>,
  ): Promise<readonly WaitingRequest[]>
  /**
   * Makes a filling submission; it has no next step until it is sealed, since until then it is its queue's work.
   * The same nonce again answers the submission that has it.
   */
  openSubmission(
    params: Readonly<{
      fence: Fence
      project: ProjectId
      account: AccountId
      queue: QueueName
      lane: string
      batchLimit: number | null
      nonce: Nonce
      upToId: number
    }>,
  ): Promise<Submission>
  /**
   * Moves waiting requests into a filling submission: ordinals and attempt rows in the given order (I2).
   *
   * Skips what is no longer waiting, is superseded, not committed, or of another queue, account, lane or limit. Adds
   * nothing unless it is filling. Answers the submission after it.
   */
  addMembers(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId; members: readonly NewMember[] }>,
  ): Promise<Submission>
  /**
   * filling → sealed, due at once; membership can only shrink from here. An empty one is dissolved instead. One that
   * is not filling is answered as it is.
   *
   * With `budgets` it is sealed only while each of their documents has its version (null: does not exist), and what counts against each cap
   * (`budgetUse`) leaves room for its hold; else it is answered as it is, filling. No two that share a budget are sealed
   * past it, however many workers seal at once (I11): the documents are locked in the order of `inScopeOrder`.
   */
  sealSubmission(
    params: Readonly<{
      fence: Fence
      submissionId: SubmissionId
      budgets?: readonly SealBudget[] | undefined
    }>,
  ): Promise<Submission>
  /**
   * Takes a filling or sealed submission apart, by page: members go back to waiting (flagged ones become
   * canceled), and with the last one it is `dissolved`. Answers members left; call until 0.
   * Fenced by the queue's or the submission's lease. Does nothing to one that was sent.
   */
  dissolve(
    params: Readonly<{ fence: Fence; submissionId: SubmissionId }>,
  ): Promise<{ readonly left: number }>
  /**
   * Moves waiting requests of a queue to another lane, and changes nothing else of them. Answers how many moved.
   *
   * Skips what is no longer waiting, is superseded, not committed, of another queue, or in that lane already. Fenced by the lease of the queue.
   */
  reroute(
    params: Readonly<{
      fence: Fence
      project: ProjectId
      queue: QueueName
      requestIds: readonly RequestId[]
      lane: string
    }>,
  ): Promise<{ readonly moved: number }>
  /**
   * Opens a sealed submission, due at once, that asks a member of a batch once more, while that is at the provider: in one step, under
   * its budgets as in `sealSubmission`. The request stays assigned, with both attempts live (I2), and ends with the first usable success.
   *
   * Fenced by the lease of the batch. `policy/hedging.ts` decides. The same nonce again answers the submission that has it.
   */
  hedge(params: HedgeParams): Promise<HedgeResult>
}
