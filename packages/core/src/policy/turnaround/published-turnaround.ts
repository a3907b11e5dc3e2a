import { HOUR_MS, MINUTE_MS } from '../../model/time.js'
import { BIN_COUNT, beginOfBin } from './duration-bins.js'

/**
 * What is published of how long batches take: the share of them that ended within a span of time. Between two of these, shares are
 * reckoned on a scale of logarithms.
 */
export const PUBLISHED_TURNAROUND: readonly { readonly share: number; readonly ms: number }[] = [
  // Batches of one to ten requests took 3 to 11 minutes: a capture of the live API, 2026-09-02.
  { share: 0, ms: 3 * MINUTE_MS },
  // OpenRouter on some 230,000 batches of all its models: median 7 minutes, nine in ten under an hour. A third party's
  // claim, read 2026-11-21; nothing is known by model, size or hour.
  { share: 0.5, ms: 7 * MINUTE_MS },
  { share: 0.9, ms: 60 * MINUTE_MS },
  // The provider's documentation: what was not run 24 hours after the batch was made expires, and the batch ends.
  { share: 1, ms: 24 * HOUR_MS },
]

/** The published shares by bin; together 1. */
export const PUBLISHED_SHARES: readonly number[] = Array.from(
  { length: BIN_COUNT },
  (_, bin) => publishedWithin(beginOfBin(bin + 1)) - publishedWithin(beginOfBin(bin)),
)

function publishedWithin(ms: number): number {
  let before = PUBLISHED_TURNAROUND[0] as (typeof PUBLISHED_TURNAROUND)[number]
  if (ms <= before.ms) return before.share
  for (const point of PUBLISHED_TURNAROUND) {
    if (ms <= point.ms) {
      const part = Math.log(ms / before.ms) / Math.log(point.ms / before.ms)
      return before.share + part * (point.share - before.share)
    }
    before = point
  }
  return 1
}
