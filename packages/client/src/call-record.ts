/**
 * How a call ended for its caller.
 *
 * `aborted`: the caller broke it off, or its stream ended before the answer did. `unread`: the caller took the raw response
 * with `asResponse()`, so what it cost was not seen.
 */
export type CallOutcome = 'succeeded' | 'errored' | 'aborted' | 'unread'

/** The figures of the provider's `usage`, and the words that prices depend on. Nothing else of an answer is kept. */
export interface RecordedUsage {
  readonly [name: string]: number | string | null | RecordedUsage
}

/**
 * One real-time call as it is recorded: a line of what `halfrate audit` reads. No prompt and no answer is in it.
 *
 * Its names are those of the wire, since it leaves the program.
 */
export interface CallRecord {
  /** When the call was made, in ISO 8601. */
  readonly at: string
  /** What it was for; the queue that it would go through as a batch. */
  readonly feature: string | null
  readonly labels: Readonly<Record<string, string>>
  /** Whether somebody waited for the answer; null when that was not said. */
  readonly awaited: boolean | null
  /** The model that answered, or else the one that was asked for. */
  readonly model: string | null
  readonly streamed: boolean
  /** What the provider counted, as far as it was seen: all of it only where `outcome` is `succeeded`. */
  readonly usage: RecordedUsage | null
  readonly stop_reason: string | null
  /** How long the caller waited for the whole answer, with the retries of the SDK in it. Whole milliseconds. */
  readonly latency_ms: number
  /** HTTP status of the last response; null when there was none. */
  readonly status: number | null
  readonly outcome: CallOutcome
  /** The provider's word for an error, else the name of its class; `aborted` where the caller broke off. */
  readonly error_type: string | null
  /** In dollars, as decimal text; null where the usage or a price is not wholly known, never 0 for that. */
  readonly cost_usd: string | null
}
