import { DAY_MS, type EpochMs, HOUR_MS } from '../../model/time.js'
import type { BatchReason } from './batch-reason.js'
import { hasHour, type UsageRecord } from './usage-record.js'

/**
 * What the open calls of a feature show together that none of them shows alone.
 *
 * `nightly`: nearly all in the night. `same_hours`: nearly all within three hours of the day. `slow`: half of them took
 * longer than a minute. These speak for a batch; `tool_loop`, many calls that wait for the next turn, against one.
 */
export type FeaturePattern = 'nightly' | 'same_hours' | 'slow' | 'tool_loop'

const HOURS = 24
// 22:00 to 06:00.
const isNight = (hour: number): boolean => hour >= 22 || hour < 6
const LEAST_RECORDS = 20
const LEAST_DAYS = 3
// More days tell nothing more.
const MOST_DAYS = 62
const SLOW_MS = 60_000
const FEW_HOURS = 3

/** Keeps what {@link FeaturePattern} is told by, in memory of constant size. */
export class PatternFacts {
  /** Open money by the hour of the day in which it was spent. */
  readonly hours: bigint[] = Array.from({ length: HOURS }, () => 0n)
  readonly #days = new Set<number>()
  #records = 0
  #withHour = 0
  #withLatency = 0
  #slow = 0
  #withStop = 0
  #toolUse = 0

  /** @param localAt the record's instant on the clock of whoever reads the report; null when it has none. */
  add(
    record: UsageRecord,
    facts: { reason: BatchReason; spentNano: bigint | null; localAt: EpochMs | null },
  ): void {
    const { reason, spentNano, localAt } = facts
    // Only calls that could be moved, and those that show a loop, tell about what could be moved.
    if (reason !== 'nothing_shown' && reason !== 'tool_use') return
    if (record.stopReason !== null) this.#withStop += 1
    if (reason === 'tool_use') {
      this.#toolUse += 1
      return
    }
    this.#records += 1
    if (record.latencyMs !== null) this.#withLatency += 1
    if ((record.latencyMs ?? 0) > SLOW_MS) this.#slow += 1
    if (localAt === null || !hasHour(record)) return
    this.#withHour += 1
    const day = Math.floor(localAt / DAY_MS)
    if (this.#days.size < MOST_DAYS) this.#days.add(day)
    const hour = Math.floor((localAt - day * DAY_MS) / HOUR_MS)
    this.hours[hour] = (this.hours[hour] ?? 0n) + (spentNano ?? 0n)
  }

  /** What was added so far shows; null when nothing stands out, or too little was added. */
  pattern(): FeaturePattern | null {
    if (this.#withStop >= LEAST_RECORDS && this.#toolUse * 10 >= this.#withStop * 3) {
      return 'tool_loop'
    }
    if (this.#records < LEAST_RECORDS) return null
    if (this.#withHour * 2 > this.#records && this.#days.size >= LEAST_DAYS) {
      const inNight = this.hours.filter((_, hour) => isNight(hour))
      if (this.#isMost(inNight)) return 'nightly'
      const busiest = this.hours.toSorted((a, b) => (a < b ? 1 : a > b ? -1 : 0))
      if (this.#isMost(busiest.slice(0, FEW_HOURS))) return 'same_hours'
    }
    return this.#withLatency >= LEAST_RECORDS && this.#slow * 2 >= this.#withLatency ? 'slow' : null
  }

  // Four fifths of the money, and there is some.
  #isMost(hours: readonly bigint[]): boolean {
    const all = sumOf(this.hours)
    return all > 0n && sumOf(hours) * 5n >= all * 4n
  }
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n)
}
