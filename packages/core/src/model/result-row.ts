import type { Attempt } from './attempt.js'
import type { AttemptPolicy } from './attempt-policy.js'
import type { NanoUsd } from './money.js'
import type { Request } from './request.js'

/** A request with the bytes of its result, for export. */
export interface ResultRow {
  readonly request: Request
  /** The attempt that the request ended with, else its newest settled one; null before any. */
  readonly attempt: Attempt | null
  /** That attempt's result line as it came from the provider; null before any. */
  readonly line: Uint8Array | null
  /** Paid for the request over all attempts; null when a price is unknown. */
  readonly paidNano: NanoUsd | null
  /** By which policy that attempt was made, null for the first one; left out by stores, which are not asked for it. */
  readonly policy?: AttemptPolicy | null | undefined
}
