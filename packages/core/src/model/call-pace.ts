import type { SubmissionId } from './ids.js'
import type { EpochMs } from './time.js'

/** A call in real time that is under way, and when it is over at the latest. */
export interface CallSlot {
  readonly submissionId: SubmissionId
  readonly until: EpochMs
}

/** Value of the document that `callPaceSetting` names: what all workers know of an account's calls in real time. */
export interface CallPace {
  /** The calls under way. What a worker that died had begun leaves by itself. */
  readonly slots: readonly CallSlot[]
  /** The provider asked for nothing before this instant. */
  readonly notBefore: EpochMs
  /** What its newest headers left, by limit, less the calls begun since; on the store's clock. */
  readonly limits: Readonly<
    Partial<Record<CallLimit, { readonly remaining: number; readonly resetAt: EpochMs }>>
  >
}

/** The limits of the provider that its headers tell. */
export type CallLimit = 'requests' | 'tokens' | 'inputTokens' | 'outputTokens'

/** How much the provider says is left of one of its limits, and when it is whole again. */
export interface RateLimit {
  readonly remaining: number
  /** On the provider's clock. */
  readonly resetAt: EpochMs
}

/** What the headers of an answer say of the account's limits; those that they don't name are left out. */
export interface RateLimits {
  readonly requests?: RateLimit
  readonly tokens?: RateLimit
  readonly inputTokens?: RateLimit
  readonly outputTokens?: RateLimit
}
