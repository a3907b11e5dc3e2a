import type { BudgetPeriod, BudgetScope } from './budget.js'
import type { AccountId, JobId, QueueName, RemoteId, RequestId, SubmissionId } from './ids.js'
import type { CanaryFinding } from './job-canary.js'
import type { PrimerReason } from './job-primer.js'
import type { NanoUsd } from './money.js'
import type { PauseReason } from './pause.js'
import type { ProviderError } from './provider-error.js'
import type { RescueMode } from './queue-policy.js'
import type { SubmissionState } from './submission.js'
import type { EpochMs } from './time.js'

/** Something that the engine did or saw, for people. Stores hold the truth; events may be missed. */
export type EngineEvent =
  | {
      readonly type: 'submission_changed'
      readonly at: EpochMs
      readonly submissionId: SubmissionId
      readonly state: SubmissionState
      readonly requestCount: number
      readonly remoteId: RemoteId | null
      readonly error: ProviderError | null
    }
  /** A page of results was stored. */
  | {
      readonly type: 'settled'
      readonly at: EpochMs
      readonly submissionId: SubmissionId
      readonly fresh: number
      readonly done: number
    }
  /** Requests went back to waiting, to be tried again. */
  | {
      readonly type: 'released'
      readonly at: EpochMs
      readonly submissionId: SubmissionId
      readonly waiting: number
      readonly done: number
      readonly reasons: Readonly<Record<string, number>>
      readonly notBefore: EpochMs | null
    }
  /** Sending is held back for an account, or for one lane of it, until a probe at `until` or later comes through. */
  | {
      readonly type: 'paused'
      readonly at: EpochMs
      readonly account: AccountId
      readonly lane: string | null
      readonly reason: PauseReason
      readonly until: EpochMs
      readonly error: ProviderError
    }
  /** A pause of an account ended by itself: a probe came through. */
  | { readonly type: 'resumed'; readonly at: EpochMs; readonly account: AccountId }
  /** Sending waits, after an absence, until batches that were made meanwhile have ended and been identified. */
  | {
      readonly type: 'waiting_after_absence'
      readonly at: EpochMs
      readonly account: AccountId
      /** Batches that are waited for; 0 while only the list is given time to show all of them. */
      readonly batches: number
      /** When the wait ends at the latest, unless a batch can't be read. */
      readonly until: EpochMs
    }
  /** What a restored store has lost is being taken in; nothing is sent meanwhile. */
  | {
      readonly type: 'recovering'
      readonly at: EpochMs
      readonly account: AccountId
      /** Batches that may be ours and have not ended, or could not be read yet. */
      readonly batches: number
      /** Batches of ours that are not whole yet. */
      readonly unfinished: number
      /** Batches of ours that were taken in. */
      readonly imported: number
      /** When it ends at the latest, unless a batch can't be read; null before anything is known. */
      readonly until: EpochMs | null
      /** Sending goes on. */
      readonly isOver: boolean
    }
  /** A job stands still at its cap: nothing of it is under way, and its next request does not fit. Told once by all workers. */
  | {
      readonly type: 'budget_reached'
      readonly at: EpochMs
      readonly jobId: JobId
      readonly job: string
      readonly capNano: NanoUsd
      /** Cap at which the next request would fit; null when nobody can tell, since a cost is not known. */
      readonly neededNano: NanoUsd | null
    }
  /**
   * The canary of a job is over: it was good enough, it stopped the rest, or a deadline left no time for it. Told once by all
   * workers.
   */
  | {
      readonly type: 'canary_over'
      readonly at: EpochMs
      readonly jobId: JobId
      readonly queue: QueueName
      readonly state: 'passed' | 'stopped' | 'skipped'
      /** How many requests went first; 0 for a canary that was skipped before any did. */
      readonly size: number
      /** What stopped the rest; null for nothing. */
      readonly finding: CanaryFinding | null
    }
  /**
   * The primer of a job is over, or none goes: what its rows share was written to the cache, or the rest goes without, and why. Told once
   * by all workers.
   */
  | {
      readonly type: 'primer_over'
      readonly at: EpochMs
      readonly jobId: JobId
      readonly queue: QueueName
      readonly state: 'written' | 'cold'
      readonly reason: PrimerReason
      /** How many requests went first; 0 where none did. */
      readonly size: number
      /** What it likely saves, or would have; null where that was not reckoned. */
      readonly savingNano: NanoUsd | null
    }
  /** So much of a budget has been paid, in percent of its cap. Told once a period and share by all workers. */
  | {
      readonly type: 'budget_warning'
      readonly at: EpochMs
      readonly scope: BudgetScope
      readonly period: BudgetPeriod
      /** When the period ends; null for one without end. */
      readonly until: EpochMs | null
      readonly capNano: NanoUsd
      readonly share: number
      readonly spentNano: NanoUsd
      readonly heldNano: NanoUsd
    }
  /** What waits does not fit under a budget, and nothing is under way that could make room. Told once a period by all workers. */
  | {
      readonly type: 'budget_used_up'
      readonly at: EpochMs
      readonly scope: BudgetScope
      readonly period: BudgetPeriod
      /** When the period ends and what waits goes on; null for one without end. */
      readonly until: EpochMs | null
      readonly capNano: NanoUsd
      /** The most that the next request can cost; null when its price is not known. */
      readonly neededNano: NanoUsd | null
      readonly spentNano: NanoUsd
      readonly heldNano: NanoUsd
    }
  /** Requests are called in real time, or will be, since a batch would likely bring their answers too late. */
  | {
      readonly type: 'rescued'
      /** As the queue's policy says: moved while it waited, called beside its batch, or to be called once that is canceled. */
      readonly how: Exclude<RescueMode, 'never'>
      readonly at: EpochMs
      readonly queue: QueueName
      readonly count: number
      readonly deadlineAt: EpochMs
      /** What they cost more than in a batch, at most; null when a price is not known. */
      readonly extraNano: NanoUsd | null
    }
  /** Somebody should look at this. `code` is stable, `message` is for people. */
  | {
      readonly type: 'alarm'
      readonly at: EpochMs
      readonly code: AlarmCode
      readonly message: string
      readonly submissionId: SubmissionId | null
      readonly remoteId: RemoteId | null
    }
  /** The handler of a queue's results did not take one; it comes again later. */
  | {
      readonly type: 'result_not_taken'
      readonly at: EpochMs
      readonly queue: QueueName
      readonly requestId: RequestId
      /** How often it was tried by now. */
      readonly tries: number
      readonly message: string
    }
  /** A step failed for a reason outside (store or network); it will be tried again. */
  | {
      readonly type: 'step_failed'
      readonly at: EpochMs
      readonly step: string
      readonly message: string
    }

/** What an alarm is about. */
export type AlarmCode =
  | 'vanished_batch'
  | 'orphan_found'
  | 'accepted_late'
  | 'twin_found'
  | 'store_restored'
  | 'decision_needed'
  | 'result_lost'
  | 'quarantined'
  | 'results_waiting'
  | 'results_expiring'
  | 'answer_lost_for_long'
  | 'clock_skew'
  | 'account_paused'
  | 'batches_refused'
  | 'other_workspace'
  | 'file_damaged'
  | 'deadline_at_risk'
