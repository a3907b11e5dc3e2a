import type { SubmissionId } from './ids.js'
import type { ProviderError } from './provider-error.js'
import type { EpochMs } from './time.js'

/**
 * Why sending pauses by itself. Stable.
 *
 * `key_refused` 401, `billing` 402, `account_refused` 403 and codes that name the account, `spend_limit` a cap of the
 * provider, the contract or the workspace, `rate_limited` 429, `batches_refused` the provider takes no batch at all,
 * good or bad, `unknown` any other refusal.
 */
export type PauseReason =
  | 'key_refused'
  | 'billing'
  | 'account_refused'
  | 'spend_limit'
  | 'rate_limited'
  | 'batches_refused'
  | 'unknown'

/** A pause that began by itself and ends by itself: once a probe comes through. */
export interface Pause {
  /** The lane that it is about; null for the whole account. */
  readonly lane: string | null
  readonly reason: PauseReason
  /** What failed, and so what must work before it ends: creates, or any call at all. */
  readonly seenBy: 'send' | 'read'
  readonly since: EpochMs
  /** When the newest refusal came that it knows of; earlier ones change nothing. */
  readonly refusedAt: EpochMs
  /** From when the next probe may be sent. */
  readonly until: EpochMs
  /** What the provider said last. */
  readonly error: ProviderError
  /** Refusals in a row, from 1. */
  readonly refusals: number
  /** The submission that may be sent in spite of it; null while none may. */
  readonly probe: SubmissionId | null
}

/** A pause by hand. Nothing but a hand ends it. */
export interface HandPause {
  readonly since: EpochMs
  /** What whoever set it had to say; null for nothing. */
  readonly note: string | null
}

/** Value of `pauseSetting`: what holds back the sends of an account. */
export interface AccountPauses {
  readonly hand: HandPause | null
  /** At most one for the account and one for each lane. */
  readonly automatic: readonly Pause[]
}

/** Nothing is held back. */
export const NO_PAUSES: AccountPauses = { hand: null, automatic: [] }
