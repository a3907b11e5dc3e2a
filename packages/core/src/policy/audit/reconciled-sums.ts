import type { Usage } from '../../model/usage.js'

/** What is compared, class by class. */
export const COMPARED = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWrite5mTokens',
  'cacheWrite1hTokens',
  'webSearchRequests',
] as const

/** Counts of every class that is compared. */
export type ComparedCounts = Readonly<Record<(typeof COMPARED)[number], number>>

/** Nothing of any class. */
export const NO_COUNTS: ComparedCounts = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  webSearchRequests: 0,
}

/** Adds a usage, or takes it away with a factor of -1. */
export function plusCounts(
  one: ComparedCounts,
  other: ComparedCounts | Usage,
  factor: 1 | -1 = 1,
): ComparedCounts {
  const sum: Record<string, number> = {}
  for (const name of COMPARED) sum[name] = one[name] + factor * other[name]
  return sum as ComparedCounts
}

/** Whether no class has anything. */
export function isNoCount(counts: ComparedCounts): boolean {
  return COMPARED.every((name) => counts[name] === 0)
}

/** Whether no class is below zero. */
export function isMore(counts: ComparedCounts): boolean {
  return COMPARED.every((name) => counts[name] >= 0)
}
