import type { NanoUsd } from '../../model/money.js'
import type { EpochMs } from '../../model/time.js'
import type { ToolUses, Usage } from '../../model/usage.js'

/** What a cost without tokens was paid for: tokens of one class, web searches, or something without a batch price. */
export type CostClass =
  | 'input'
  | 'output'
  | 'cacheRead'
  | 'cacheWrite5m'
  | 'cacheWrite1h'
  | 'search'
  | 'other'

/**
 * What a log shows of one call, or a report of one bucket of calls. Null is everywhere: the source does not say.
 *
 * Either `usage` or `costNano` must be there, except for a call that failed.
 */
export interface UsageRecord {
  /** When it was made; the begin of a bucket. */
  readonly at: EpochMs | null
  /** End of a bucket, not itself in it; null for a call. */
  readonly untilAt: EpochMs | null
  /** The queue, label or name of what it was made for. */
  readonly feature: string | null
  readonly model: string | null
  /** How many calls it stands for: 1 for a row of a log, null for a bucket that does not say. */
  readonly calls: number | null
  readonly usage: Usage | null
  /** Uses of tools of the server beside searches, and of whatever else `usage` has no place for; null for none. */
  readonly otherTools: ToolUses | null
  /** What the source says was paid. */
  readonly costNano: NanoUsd | null
  /** What a cost without usage was for; null when that is not said. */
  readonly costClass: CostClass | null
  readonly latencyMs: number | null
  /** HTTP status of the answer. */
  readonly status: number | null
  /** What went wrong with it, in whatever words; null when nothing is said to have. */
  readonly errorType: string | null
  /** In the provider's words: `standard`, `batch`, `priority`, … */
  readonly serviceTier: string | null
  /** `fast` or `standard`. */
  readonly speed: string | null
  readonly stopReason: string | null
  /** Whether the answer was streamed. */
  readonly isStreamed: boolean | null
  /** Whether a person or a program waited for the answer. */
  readonly isAwaited: boolean | null
  /** How soon the answer was needed. */
  readonly neededWithinMs: number | null
}

/** A record of one call that shows nothing but what is given. */
export function usageRecord(given: Partial<UsageRecord>): UsageRecord {
  return {
    ...{ at: null, untilAt: null, feature: null, model: null, calls: 1 },
    ...{ usage: null, otherTools: null, costNano: null, costClass: null, latencyMs: null },
    ...{ status: null, errorType: null },
    ...{ serviceTier: null, speed: null, stopReason: null },
    ...{ isStreamed: null, isAwaited: null, neededWithinMs: null },
    ...given,
  }
}

/** Whether it stands for one call, so that its prompt is known and not a sum of prompts. */
export function isOneCall({ calls }: Pick<UsageRecord, 'calls'>): boolean {
  return calls === 1
}

/** Whether the whole of it lies in one hour of the day. */
export function hasHour({ at, untilAt }: Pick<UsageRecord, 'at' | 'untilAt'>): boolean {
  return at !== null && (untilAt === null || untilAt - at <= 3_600_000)
}
