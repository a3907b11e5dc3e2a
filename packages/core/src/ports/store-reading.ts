import type { Attempt } from '../model/attempt.js'
import type { BudgetScope, BudgetUse } from '../model/budget.js'
import type { ChildBody } from '../model/changed-body.js'
import type { CostsPage, CostsQuery } from '../model/cost-row.js'
import type { JobId, ProjectId, QueueName, RequestId } from '../model/ids.js'
import type { NanoUsd } from '../model/money.js'
import type { ReasonCode, Request, RequestState, RequestStatus } from '../model/request.js'
import type { ResultRow } from '../model/result-row.js'
import type { Spending } from '../model/spending.js'
import type { Submission, SubmissionState } from '../model/submission.js'
import type { EpochMs } from '../model/time.js'

/** One attempt with the submission that it is in. */
export interface AttemptLife {
  readonly attempt: Attempt
  readonly submission: Submission
}

/** All that is known of one request. */
export interface RequestLife {
  readonly request: Request
  /** Its attempts, oldest first. */
  readonly attempts: readonly AttemptLife[]
  /** Those of its bodies, and of its attempts', that were made of another one, by id. */
  readonly changedBodies: readonly ChildBody[]
  /** Requests under the same key that it took the place of, newest first. */
  readonly replaced: readonly RequestId[]
}

/** Requests by where they are and how they ended. */
export interface ReportCounts {
  readonly total: number
  readonly byState: Readonly<Record<RequestState, number>>
  readonly byStatus: Readonly<Record<RequestStatus, number>>
  /** Done requests that did not succeed, by reason. */
  readonly byReason: Readonly<Partial<Record<ReasonCode, number>>>
  /** Waiting requests with an attempt behind them. */
  readonly retrying: number
  /** Assigned requests by the state of their live submission. */
  readonly assignedBySubmission: Readonly<Partial<Record<SubmissionState, number>>>
}

/** Money of the attempts of a set of requests. Sums of rounded values. */
export interface ReportMoney {
  /** Paid, with known prices. */
  readonly paidNano: NanoUsd
  /** The same answers in real time, in which a usable one is paid once: see `costInRealTime`. */
  readonly realtimeNano: NanoUsd
  /** Part of what was paid that was paid twice or for nothing. */
  readonly wasteNano: NanoUsd
  /** Paid attempts whose price is unknown; they are in no sum. */
  readonly unpricedAttempts: number
  /** Attempts that may have been paid without an answer to show for it, and what they can have cost at most. */
  readonly possiblyPaidAttempts: number
  readonly possiblyPaidNano: NanoUsd
}

/**
 * Progress and money of a job, of a queue, or of a project. Counts are over the newest request of every key; money is
 * over the older ones too, since what was paid for them was paid.
 */
export interface Report {
  readonly counts: ReportCounts
  readonly money: ReportMoney
  /** Earliest instant at which a waiting request becomes due; null when none waits. */
  readonly nextDueAt: EpochMs | null
}

/** Which requests a question is about. `jobId` limits it to the rows that the job's newest input listed. */
export interface RequestScope {
  readonly project: ProjectId
  readonly jobId?: JobId | undefined
  readonly queue?: QueueName | undefined
}

/** A page of the rows of a job. */
export interface JobResultsPage {
  readonly project: ProjectId
  readonly jobId: JobId
  /** 0 for the first. */
  readonly afterRow: number
  readonly limit: number
}

/** A page of the requests that a queue has outside of jobs. */
export interface QueueResultsPage {
  readonly project: ProjectId
  readonly queue: QueueName
  /** 0 for the first. */
  readonly afterId: number
  /** Requests that were done before this instant are left out; 0 leaves out none. */
  readonly doneFrom: EpochMs
  readonly limit: number
}

/** A page of the successes without a cost, over all jobs and queues of a project. */
export interface UnpricedPage {
  readonly project: ProjectId
  readonly unpriced: true
  /** The request and the number of the attempt that the page before ended with; 0 and 0 for the first. */
  readonly afterId: number
  readonly afterNumber: number
  readonly limit: number
}

/** A page of requests with what they ended with, of a job or of a queue's own; or of attempts without a cost. */
export type ResultsPage = JobResultsPage | QueueResultsPage | UnpricedPage

/**
 * Reading, for callers. Always by project; pages by key, so that they stay whole while things change.
 *
 * Requests of a part that is not committed are seen by id only; under their key the one before them is the newest.
 */
export interface ReadStore {
  /**
   * By id, or by key in a job (else in a queue): the newest request under the key. Null when there is none. `keyHash` is
   * the key's own, for stores that look it up by that.
   */
  getRequest(
    params: Readonly<
      | { project: ProjectId; id: RequestId }
      | {
          project: ProjectId
          scope: { jobId: JobId } | { queue: QueueName }
          key: string
          keyHash: Uint8Array
        }
    >,
  ): Promise<RequestLife | null>
  /** Newest request of every key, by id after `afterId`, at most `limit` (up to `pageLimit`). */
  listRequests(
    params: Readonly<{
      scope: RequestScope
      states: readonly RequestState[] | null
      afterId: number
      limit: number
    }>,
  ): Promise<readonly Request[]>
  /**
   * Of a job the rows of its newest input, in row order after `afterRow`. Of a queue its requests that are in no job, the newest
   * of every key, by id after `afterId`. Both done or not.
   *
   * Of the unpriced a row for each success whose cost is unknown, by request and number, with its own line: waste, twins and
   * requests that others took the place of too. It may go through all requests of the store once from page to page.
   */
  readResults(params: ResultsPage): Promise<readonly ResultRow[]>
  report(params: Readonly<{ scope: RequestScope }>): Promise<Report>
  /**
   * Adds up every attempt of every request of a job, as `spentOn` counts it, whichever input listed it and whatever took its
   * place. All zeros for a job that is not the project's.
   *
   * The attempts of one request are of one moment. Requests may be of different ones, none earlier than the call.
   */
  spending(params: Readonly<{ project: ProjectId; jobId: JobId }>): Promise<Spending>
  /**
   * The attempts of a project that have an outcome or may have been paid, of batches whose cost belongs to the given time, by
   * submission and ordinal. A call looks at `limit` places in batches at most, so a page may be short and not the last; a
   * page is of one moment.
   */
  readCosts(params: CostsQuery): Promise<CostsPage>
  /**
   * Adds up what counts against a budget: every submission of the scope that was sealed at or after `since`, as `useOf` counts
   * it. All of one moment.
   */
  budgetUse(params: Readonly<{ scope: BudgetScope; since: EpochMs }>): Promise<BudgetUse>
  /** The submissions that hold, or held, requests of the scope, oldest first, at most `limit`, after `afterId`. */
  submissionsOf(
    params: Readonly<{ scope: RequestScope; afterId: number; limit: number }>,
  ): Promise<readonly Submission[]>
}
