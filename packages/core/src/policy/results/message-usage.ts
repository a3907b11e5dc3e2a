import type { Usage } from '../../model/usage.js'
import { objectOf, wordOf } from './json-shape.js'

/**
 * Reads the provider's `usage` object.
 *
 * Absent and null classes are 0. Null when it is not an object, counts neither input nor output, or holds a count that
 * is not a whole number from 0 (or a place that is not a word): such usage can't be priced, and a silent zero would under-report spend.
 * Null as well when something was used that this version does not know: a top-level count of another kind of tokens, a cache of
 * another lifetime, another tool of the server. It would be in no cost, or in one at the wrong rate; the line is kept.
 *
 * Cache writes that are not broken down by lifetime are taken as five-minute ones, which is the default lifetime.
 *
 * Source: fact sheet section 7, 2026-11-21; in early captures classes were absent rather than null.
 */
export function readUsage(value: unknown): Usage | null {
  const usage = objectOf(value)
  if (usage === null) return null
  if (isAbsent(usage.input_tokens) && isAbsent(usage.output_tokens)) return null
  const creation = objectOf(usage.cache_creation)
  const tools = objectOf(usage.server_tool_use)
  if (hasOther(usage, TOKENS, /_tokens$/) || hasOther(creation, WRITES) || hasOther(tools, TOOLS)) {
    return null
  }
  const written5m = countOf(creation?.ephemeral_5m_input_tokens)
  const written1h = countOf(creation?.ephemeral_1h_input_tokens)
  const written = countOf(usage.cache_creation_input_tokens)
  const counts = {
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
    cacheReadTokens: countOf(usage.cache_read_input_tokens),
    cacheWrite5mTokens: fiveMinuteWrites(written, written5m, written1h),
    cacheWrite1hTokens: written1h,
    webSearchRequests: countOf(tools?.web_search_requests),
  }
  const isWhole = Object.values(counts).every(Number.isSafeInteger) && Number.isSafeInteger(written)
  const inferenceGeo = wordOf(usage.inference_geo)
  const isPlaceKnown = inferenceGeo !== null || isAbsent(usage.inference_geo)
  return isWhole && isPlaceKnown ? { ...counts, inferenceGeo } : null
}

const TOKENS: readonly string[] = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
]
const WRITES: readonly string[] = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens']
// Fetches are free.
const TOOLS: readonly string[] = ['web_search_requests', 'web_fetch_requests']

function hasOther(
  counts: Readonly<Record<string, unknown>> | null,
  known: readonly string[],
  pattern: RegExp = /^/,
): boolean {
  return Object.entries(counts ?? {}).some(
    ([name, value]) =>
      !known.includes(name) && pattern.test(name) && !isAbsent(value) && value !== 0,
  )
}

/** Tokens written to the five-minute cache: those that are said to be, and all that no lifetime is given for. */
export function fiveMinuteWrites(written: number, written5m: number, written1h: number): number {
  return written5m + Math.max(0, written - written5m - written1h)
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null
}

// NaN marks what is no count, and stays NaN through every sum.
function countOf(value: unknown): number {
  if (isAbsent(value)) return 0
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : Number.NaN
}
