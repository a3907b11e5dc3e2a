import type { CostFigures } from '@halfrate/runtime'

/**
 * The figures of a line of costs under the names that programs read; amounts are decimal text in dollars, null where none of its
 * answers has a known price.
 */
export function costColumns(
  figures: CostFigures,
): Readonly<Record<string, number | string | null>> {
  const isKnown = isAnyPriced(figures)
  return {
    requests: figures.requests,
    attempts: figures.attempts,
    succeeded: figures.succeeded,
    input_tokens: figures.inputTokens,
    output_tokens: figures.outputTokens,
    cache_read_tokens: figures.cacheReadTokens,
    cache_write_5m_tokens: figures.cacheWrite5mTokens,
    cache_write_1h_tokens: figures.cacheWrite1hTokens,
    web_searches: figures.webSearchRequests,
    paid_usd: isKnown ? figures.paidUsd : null,
    realtime_usd: isKnown ? figures.realtimeUsd : null,
    saved_usd: isKnown ? figures.savedUsd : null,
    saved_percent: figures.savedPercent,
    paid_twice: figures.paidTwice,
    paid_twice_usd: figures.paidTwiceUsd,
    not_used: figures.notUsed,
    not_used_usd: figures.notUsedUsd,
    possibly_paid: figures.possiblyPaid,
    possibly_paid_usd: figures.possiblyPaidUsd,
    possibly_paid_unknown: figures.possiblyPaidUnknown,
    unpriced: figures.unpriced,
  }
}

/** Whether a sum of money says something: there are answers with a known price, or none without. */
export function isAnyPriced({ succeeded, unpriced }: CostFigures): boolean {
  return unpriced === 0 || unpriced < succeeded
}
