import type { ToolUses, Usage } from '../../model/usage.js'
import { objectOf, wordOf } from './json-shape.js'

/** What an answer was billed for. */
export interface BilledUsage {
  readonly usage: Usage
  /** Uses of tools of the server beside searches, each from 1 on; null for none. Whether they have a fee is for the price book to say. */
  readonly otherTools: ToolUses | null
}

/**
 * Reads the provider's `usage` object.
 *
 * Absent and null classes are 0. Null when it is not an object, counts neither input nor output, or holds a count that
 * is not a whole number from 0 (or a place that is not a word): such usage can't be priced, and a silent zero would under-report spend.
 * Null as well when something was used that this version does not know: a top-level count of another kind of tokens, a cache of
 * another lifetime, an iteration that is no plain message (a compaction, an advisor), whose tokens the totals leave out. It would
 * be in no cost, or in one at the wrong rate; the line is kept.
 *
 * Cache writes that are not broken down by lifetime are taken as five-minute ones, which is the default lifetime.
 *
 * Source: fact sheet section 7, 2026-11-21; in early captures classes were absent rather than null. Iterations: the types of
 * `@anthropic-ai/sdk` 1.11.0.
 */
export function readUsage(value: unknown): BilledUsage | null {
  const usage = objectOf(value)
  if (usage === null) return null
  if (isAbsent(usage.input_tokens) && isAbsent(usage.output_tokens)) return null
  const creation = objectOf(usage.cache_creation)
  const tools = objectOf(usage.server_tool_use)
  if (hasOther(usage, TOKENS, /_tokens$/) || hasOther(creation, WRITES)) return null
  const otherTools = otherToolsOf(tools)
  if (otherTools === undefined || hasOtherIterations(usage.iterations)) return null
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
  return isWhole && isPlaceKnown ? { usage: { ...counts, inferenceGeo }, otherTools } : null
}

const TOKENS: readonly string[] = [
  'input_tokens',
  'output_tokens',
  'cache_creation_input_tokens',
  'cache_read_input_tokens',
]
const WRITES: readonly string[] = ['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens']
const SEARCHES = 'web_search_requests'

// Undefined for what is no count.
function otherToolsOf(
  tools: Readonly<Record<string, unknown>> | null,
): ToolUses | null | undefined {
  if (tools === null) return null
  const used = Object.entries(tools).filter(
    ([name, uses]) => name !== SEARCHES && !isAbsent(uses) && uses !== 0,
  )
  if (used.length === 0) return null
  if (used.some(([, uses]) => Number.isNaN(countOf(uses)))) return undefined
  return Object.fromEntries(used) as ToolUses
}

// By type, a list as the provider writes it, or numbers as a recorded call has them.
function hasOtherIterations(iterations: unknown): boolean {
  if (isAbsent(iterations)) return false
  if (!Array.isArray(iterations)) return hasOther(objectOf(iterations), PLAIN_ITERATIONS)
  return iterations.some((each) => {
    const type = objectOf(each)?.type
    return !isAbsent(type) && !PLAIN_ITERATIONS.includes(String(type))
  })
}

const PLAIN_ITERATIONS: readonly string[] = ['message']

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
