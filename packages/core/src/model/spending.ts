import type { NanoUsd } from './money.js'

/** What a job has cost and can still cost. Sums of rounded values. */
export interface Spending {
  /** Paid, with known prices. */
  readonly paidNano: NanoUsd
  /** May have been paid, or was at a price that is not known: at the hold, the most that it can have cost. */
  readonly possiblyPaidNano: NanoUsd
  /** Holds of what is under way: in a batch that is made, sent, looked for, at the provider, or being collected. */
  readonly heldNano: NanoUsd
  /** Attempts under way, with a hold or without one. */
  readonly openAttempts: number
  /** Attempts that have no hold, under way or perhaps paid; they are in no sum. */
  readonly unknownAttempts: number
}
