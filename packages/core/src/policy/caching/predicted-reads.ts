import type { JobPrimer } from '../../model/job-primer.js'

/** The least and the most of those who come after a write that find it. Source: as that of the share that is expected. */
const LEAST_HITS = 0.3
const MOST_HITS = 0.98

/**
 * How many tokens of its prefixes the newest part of a job likely reads from the cache after its primer; null where none went, or it did not
 * come back. Low: a prefix of sparse text, found by few; high: of dense text, found by nearly all.
 */
export function predictedReads({
  state,
  prefixes,
  requestIds,
}: Pick<JobPrimer, 'state' | 'prefixes' | 'requestIds'>): {
  readonly low: number
  readonly high: number
} | null {
  if (state !== 'written' && state !== 'away') return null
  const written = prefixes.filter(({ requestId }) => requestIds.includes(requestId))
  const sum = (end: 'low' | 'high', share: number): number =>
    written.reduce((total, { rows, tokens }) => total + (rows - 1) * tokens[end] * share, 0)
  return { low: Math.floor(sum('low', LEAST_HITS)), high: Math.ceil(sum('high', MOST_HITS)) }
}
