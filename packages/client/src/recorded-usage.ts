import type { RecordedUsage } from './call-record.js'

// What prices depend on. Any other text of an answer has no place in a record.
const WORDS: readonly string[] = ['service_tier', 'inference_geo', 'speed']
const WORD = /^\w{1,40}$/
const MOST_DEPTH = 2
const ITERATIONS = 'iterations'

/**
 * Keeps the figures of a `usage` object and the few words that prices depend on.
 *
 * @param before what was seen of the same answer earlier: later figures replace earlier ones, and null replaces nothing.
 * @returns null when it is no object and nothing was seen before.
 */
export function recordedUsage(
  usage: unknown,
  before: RecordedUsage | null = null,
): RecordedUsage | null {
  return figuresOf(usage, before, 1)
}

function figuresOf(
  value: unknown,
  before: RecordedUsage | null,
  depth: number,
): RecordedUsage | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return before
  const kept: Record<string, number | string | null | RecordedUsage> = { ...before }
  for (const [name, each] of Object.entries(value)) {
    if (typeof each === 'number' || isPriceWord(name, each)) kept[name] = each
    else if (each === null) kept[name] ??= null
    else if (name === ITERATIONS && Array.isArray(each)) kept[name] = typesOf(each)
    else if (depth < MOST_DEPTH && isPlainObject(each)) {
      kept[name] = figuresOf(each, innerOf(kept[name]), depth + 1)
    }
  }
  return kept
}

// How many there were of which type: those that are no plain message are billed beside the totals.
function typesOf(iterations: readonly unknown[]): RecordedUsage {
  const counts: Record<string, number> = {}
  for (const each of iterations) {
    const type = (each as { readonly type?: unknown } | null)?.type
    const name = typeof type === 'string' && WORD.test(type) ? type : 'message'
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

function isPriceWord(name: string, value: unknown): value is string {
  return WORDS.includes(name) && typeof value === 'string' && WORD.test(value)
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function innerOf(value: RecordedUsage[string] | undefined): RecordedUsage | null {
  return typeof value === 'object' ? value : null
}
