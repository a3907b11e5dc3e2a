import type { OutcomeCounts } from '@halfrate/core'

/** Whether a store holds an outcome for every row that the provider counted; counts that are unknown prove nothing. */
export function isWhole(stored: OutcomeCounts, counts: OutcomeCounts | null): boolean {
  if (counts === null) return false
  const types = ['succeeded', 'errored', 'canceled', 'expired'] as const
  return types.every((type) => stored[type] === counts[type])
}
