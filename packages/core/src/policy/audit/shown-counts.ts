import type { ShownFacts } from './audit-report.js'
import { hasHour, type UsageRecord } from './usage-record.js'

/** Counts what records show, so that a report can say what its source can't. */
export class ShownCounts {
  #at = 0
  #hour = 0
  #feature = 0
  #tokens = 0
  #latency = 0
  #awaited = 0
  #stopReason = 0

  add(record: UsageRecord): void {
    if (record.at !== null) this.#at += 1
    if (hasHour(record)) this.#hour += 1
    if (record.feature !== null) this.#feature += 1
    if (record.usage !== null) this.#tokens += 1
    if (record.latencyMs !== null) this.#latency += 1
    if (record.isAwaited !== null || record.neededWithinMs !== null) this.#awaited += 1
    if (record.stopReason !== null) this.#stopReason += 1
  }

  /** What was counted so far. */
  facts(): ShownFacts {
    return {
      at: this.#at,
      hour: this.#hour,
      feature: this.#feature,
      tokens: this.#tokens,
      latency: this.#latency,
      awaited: this.#awaited,
      stopReason: this.#stopReason,
    }
  }
}
