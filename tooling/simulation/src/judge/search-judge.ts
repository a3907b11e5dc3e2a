import { HOUR_MS, MAX_INCIDENT_CREATES } from '@halfrate/core'
import type { SearchCreate } from '../provider/fate-book.js'
import type { Violations } from './violation.js'

/** What the cost of looking for bad requests is judged by. */
export interface SearchJudgeOptions {
  readonly creates: readonly SearchCreate[]
  /** Creates that may be under way when a lane begins to rest. */
  readonly underWay: number
  readonly violations: Violations
}

/**
 * Judges that looking for the requests which make the provider refuse batches costs a lane no more creates in any hour
 * than one incident may, besides those that were under way when it had cost enough.
 */
export function judgeSearch({ creates, underWay, violations }: SearchJudgeOptions): void {
  const most = MAX_INCIDENT_CREATES + underWay
  for (const [lane, count] of busiestHours(creates)) {
    if (count <= most) continue
    const message = `Looking for bad requests cost lane ${lane} ${count} creates within an hour.`
    violations.add('search', message)
  }
}

// The most creates that the search cost each lane within an hour.
function busiestHours(creates: readonly SearchCreate[]): ReadonlyMap<string, number> {
  const instants = new Map<string, number[]>()
  const busiest = new Map<string, number>()
  for (const { lane, at } of creates) {
    const within = (instants.get(lane) ?? []).filter((instant) => at - instant < HOUR_MS)
    within.push(at)
    instants.set(lane, within)
    busiest.set(lane, Math.max(busiest.get(lane) ?? 0, within.length))
  }
  return busiest
}
