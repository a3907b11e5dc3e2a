import { DAY_MS, type EpochMs } from '@halfrate/core'
import { readHttpDate } from './instant.js'

// A longer wait than this is a mistake of somebody's, and must not stop the work for good.
const LONGEST_MS = 31 * DAY_MS
const NUMBER = /^\d+(\.\d+)?$/

/**
 * How long the answer asks to wait: `retry-after-ms`, else `retry-after` as seconds or an HTTP date. Milliseconds,
 * 0 for a date that has passed, at most 31 days; null when it does not say.
 */
export function readRetryAfter(headers: Headers, serverAt: EpochMs): number | null {
  const ms = headers.get('retry-after-ms')?.trim() ?? ''
  if (NUMBER.test(ms)) return bounded(Number(ms))
  const after = headers.get('retry-after')?.trim() ?? ''
  if (NUMBER.test(after)) return bounded(Number(after) * 1_000)
  const at = readHttpDate(after)
  return at === null ? null : bounded(at - serverAt)
}

function bounded(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), LONGEST_MS)
}
