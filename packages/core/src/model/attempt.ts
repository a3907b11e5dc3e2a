import type { ProjectId, RequestId, SubmissionId } from './ids.js'
import type { NanoUsd } from './money.js'
import type { OutcomeType, Usability } from './outcome.js'
import type { EpochMs } from './time.js'
import type { Usage } from './usage.js'

/** One request's place in one submission. Rows are added and filled in, never overwritten. */
export interface Attempt {
  readonly submissionId: SubmissionId
  /** Place in the submission, from 0, in wire order. Withdrawn places stay. */
  readonly ordinal: number
  readonly requestId: RequestId
  readonly project: ProjectId
  /** The request's how-many-th attempt this is, from 1. */
  readonly number: number
  /** Names the bytes that it sent. */
  readonly bodyId: number
  readonly itemBytes: number
  /** The model that it asked, where its request asks another one since; left out for that of its request. */
  readonly model?: string | undefined
  /** Most that it can cost, null when the model's price is unknown. */
  readonly holdNano: NanoUsd | null
  readonly outcome: OutcomeType | null
  /** For a success only. */
  readonly usability: Usability | null
  /** The provider's `error.type` of an errored outcome. */
  readonly errorType: string | null
  readonly usage: Usage | null
  /** What it cost; null for an unknown price. 0 for outcomes that are not billed. */
  readonly costNano: NanoUsd | null
  /** What the same usage costs in real time; null for an unknown price. */
  readonly realtimeNano: NanoUsd | null
  /** Names the stored bytes of its result line. */
  readonly resultId: number | null
  readonly settledAt: EpochMs | null
  /** When it stopped being live: it no longer decides where its request is. */
  readonly releasedAt: EpochMs | null
  /** Taken out before the send began; it was never on the wire. */
  readonly withdrawn: boolean
  /** It can't be known whether it was paid; replaced by evidence when some turns up. */
  readonly possiblyPaid: boolean
  /** Paid beyond the first success of the same request and body. */
  readonly waste: boolean
}
