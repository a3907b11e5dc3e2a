import type { CachePrefix } from '../../model/queue-policy.js'
import { leastCachedTokens } from '../money/least-cached-tokens.js'
import { textTokensOf } from '../money/prompt-tokens.js'
import { joinBytes } from '../results/join-bytes.js'
import { type Edit, editMember } from './edit-member.js'
import type { AcceptedRow } from './intake-row-maker.js'
import type { Prefix } from './prefix-cache.js'

type CachedRow = Pick<AcceptedRow, 'prefix' | 'body' | 'itemBytes' | 'model'>

const CONTROLS: Readonly<Record<Exclude<CachePrefix, 'none'>, string>> = {
  '5m': '"cache_control":{"type":"ephemeral"}',
  '1h': '"cache_control":{"type":"ephemeral","ttl":"1h"}',
}
// Flips bits of a prefix's hash, each its own: what is made of a prefix is as much another one as its hash is.
const MARKS: Readonly<Record<Exclude<CachePrefix, 'none'>, number>> = { '5m': 0x05, '1h': 0x60 }
// A name bears its quotes only where it is one: in text they stand behind backslashes.
const CONTROL_NAME = '"cache_control"'

// One character for one byte: all that is looked for is ASCII.
const latin1 = new TextDecoder('latin1')
const utf8 = new TextDecoder()

// Rows of one workload share the object, and its breakpoint is placed once.
const made = new WeakMap<Prefix, Map<CachePrefix, Prefix | null>>()

/**
 * The row with a breakpoint of the provider's cache behind what it shares with others, `system` or else `tools`, in the prefix that
 * is stored. Its key and the hash of its params stay those of what came, so that the same row is still the same request.
 *
 * As it is stays a row that shares nothing, whose own breakpoints stand anywhere in it, and whose prefix is surely too short for its model
 * to be cached.
 */
export function withCachedPrefix<Row extends CachedRow>(row: Row, cachePrefix: CachePrefix): Row {
  const { prefix, model } = row
  if (cachePrefix === 'none' || prefix === null || isTooShort(model, prefix)) return row
  const cached = cachedOnce(prefix, cachePrefix)
  if (cached === null || latin1.decode(row.body).includes(CONTROL_NAME)) return row
  const itemBytes = row.itemBytes + cached.bytes.length - prefix.bytes.length
  return { ...row, prefix: cached, itemBytes }
}

// By dense text, since a breakpoint on what turns out too short changes nothing.
function isTooShort(model: string, { bytes }: Prefix): boolean {
  return textTokensOf(model, bytes.length).high < leastCachedTokens(model)
}

function cachedOnce(prefix: Prefix, cachePrefix: Exclude<CachePrefix, 'none'>): Prefix | null {
  const before = made.get(prefix) ?? new Map<CachePrefix, Prefix | null>()
  made.set(prefix, before)
  const known = before.get(cachePrefix)
  if (known !== undefined) return known
  const bytes = withBreakpoint(prefix.bytes, CONTROLS[cachePrefix])
  const cached = bytes === null ? null : { hash: markedHash(prefix, cachePrefix), bytes }
  before.set(cachePrefix, cached)
  return cached
}

function markedHash({ hash }: Prefix, cachePrefix: Exclude<CachePrefix, 'none'>): Uint8Array {
  // A copy, which the `slice` of a Buffer would not be.
  const marked = new Uint8Array(hash)
  marked[0] = (marked[0] ?? 0) ^ MARKS[cachePrefix]
  return marked
}

function withBreakpoint(members: Uint8Array, control: string): Uint8Array | null {
  if (latin1.decode(members).includes(CONTROL_NAME)) return null
  return (
    editMember(members, 'system', (system) => onText(system, control) ?? onLast(system, control)) ??
    editMember(members, 'tools', (tools) => onLast(tools, control))
  )
}

// A system prompt that is one text becomes the block that it stands for.
function onText(value: Uint8Array, control: string): Edit | null {
  const text = parsed(value)
  if (typeof text !== 'string' || text === '') return null
  const bytes = joinBytes(['[{"type":"text","text":', value, `,${control}}]`])
  return { start: 0, end: value.length, bytes }
}

function onLast(value: Uint8Array, control: string): Edit | null {
  const list = parsed(value)
  if (!Array.isArray(list) || !isCacheable(list.at(-1))) return null
  // Behind the last block there are only space and the end of the list.
  const start = value.lastIndexOf(CLOSE)
  return { start, end: start, bytes: joinBytes([`,${control}`]) }
}

const CLOSE = 0x7d

// The provider caches no empty text, and refuses it on a tool that is loaded later.
function isCacheable(block: unknown): boolean {
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return false
  const { text, defer_loading: isDeferred } = block as Readonly<Record<string, unknown>>
  return Object.keys(block).length > 0 && text !== '' && isDeferred !== true
}

function parsed(value: Uint8Array): unknown {
  return JSON.parse(utf8.decode(value))
}
