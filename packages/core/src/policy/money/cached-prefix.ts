import type { PromptBytes } from './prompt-content.js'

/** The part of a prompt that many rows share and ask to have cached. */
export interface CachedPrefix {
  readonly ttl: '5m' | '1h'
  /** Bytes of JSON up to its last breakpoint, in the provider's order: tools, then system. */
  readonly bytes: number
}

type SharedBytes = NonNullable<PromptBytes['prefix']>

// Rows of one workload share the object, and it is read once.
const known = new WeakMap<Uint8Array, CachedPrefix | null>()

/**
 * What of the shared members is cached; null when none of it is.
 *
 * A `cache_control` beside `system` sets its breakpoint behind the last message, which is each row's own: nothing is shared by
 * that.
 */
export function cachedPrefixOf({ bytes }: SharedBytes): CachedPrefix | null {
  const before = known.get(bytes)
  if (before !== undefined) return before
  const found = readPrefix(new TextDecoder().decode(bytes))
  known.set(bytes, found)
  return found
}

function readPrefix(members: string): CachedPrefix | null {
  if (!members.includes('"cache_control"')) return null
  const { tools, system, cache_control: automatic } = parsed(members)
  if (isObject(automatic)) return null
  const blocks = [...listOf(tools), ...listOf(system)]
  const last = blocks.findLastIndex((block) => controlOf(block) !== null)
  if (last < 0) return null
  const isOneHour = blocks.some((block) => controlOf(block)?.ttl === '1h')
  const text = JSON.stringify(blocks.slice(0, last + 1))
  return { ttl: isOneHour ? '1h' : '5m', bytes: new TextEncoder().encode(text).length }
}

function parsed(members: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(`{${members}}`)
    return isObject(value) ? value : {}
  } catch {
    // A file stands in it, which is no JSON; then it is not known to be shared.
    return {}
  }
}

function controlOf(block: unknown): Readonly<Record<string, unknown>> | null {
  return isObject(block) && isObject(block.cache_control) ? block.cache_control : null
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
