import type { AccountId, JobId, ProjectId, QueueName, RemoteId, SubmissionId } from './ids.js'
import type { NanoUsd } from './money.js'
import type { OutcomeType } from './outcome.js'
import type { EpochMs } from './time.js'
import type { Usage } from './usage.js'

/**
 * What became of the answer that an attempt was paid for. `used`: its request ended with it, or is not done yet.
 * `paid_twice`: another success of the same request and body was there. `not_used`: the request was canceled, replaced,
 * failed, or ended with the answer to another body.
 */
export type AnswerUse = 'used' | 'paid_twice' | 'not_used'

/**
 * By which way an attempt was asked: in a batch, by a call in real time, or by a call beside a batch that was not back shortly before it was
 * wanted.
 */
export type CostRoute = 'batch' | 'realtime' | 'hedge'

/** One attempt that has an outcome, or may have been paid without one, with what costs are told by. */
export interface CostRow {
  readonly submissionId: SubmissionId
  /** Place in the submission. */
  readonly ordinal: number
  readonly requestId: number
  readonly jobId: JobId | null
  /** The name of that job. */
  readonly jobName: string | null
  readonly queue: QueueName
  readonly account: AccountId
  readonly route: CostRoute
  /** As the provider named it just before the send; null when it names none. */
  readonly workspaceId: string | null
  readonly labels: Readonly<Record<string, string>> | null
  /** The model that the attempt asked: as the caller wrote it, or another one that a policy asked. */
  readonly model: string
  /** The provider's id of the batch; null for one that was never seen. */
  readonly remoteId: RemoteId | null
  /** To which instant the cost belongs; see `billedAt`. */
  readonly billedAt: EpochMs
  readonly outcome: OutcomeType | null
  readonly usage: Usage | null
  /** Null for an unknown price; 0 or null for what is not billed. */
  readonly costNano: NanoUsd | null
  /** What the answer would have cost in real time: nothing for a usable one that another usable one was there for. */
  readonly realtimeNano: NanoUsd | null
  /** Most that it can cost, null when that is not known. */
  readonly holdNano: NanoUsd | null
  /** For a success only. */
  readonly use: AnswerUse | null
  readonly possiblyPaid: boolean
  /** Whether it is the newest attempt of its request, at which that is counted. */
  readonly isNewest: boolean
}

/** The place of a row in the order in which costs are read. */
export interface CostPlace {
  readonly submissionId: SubmissionId
  readonly ordinal: number
}

/** A page of costs to read: those of a project that belong to instants from `from` on and before `to`. */
export interface CostsQuery {
  readonly project: ProjectId
  readonly from: EpochMs
  readonly to: EpochMs
  /** The `next` of the page before; null for the first. */
  readonly after: CostPlace | null
  readonly limit: number
}

/** A page of costs. It may have few rows, or none, and not be the last. */
export interface CostsPage {
  readonly rows: readonly CostRow[]
  /** Where the next page begins; null after the last one. */
  readonly next: CostPlace | null
}
