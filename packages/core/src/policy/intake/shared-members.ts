import type { JsonMember } from './json-member.js'

/**
 * Members of params that the requests of one workload usually have in common.
 *
 * `messages` and `max_tokens` differ by nature, and `metadata` names the end user; one of them in the prefix would make
 * a prefix for every row.
 */
const SHARED: ReadonlySet<string> = new Set([
  'model',
  'system',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'service_tier',
  'inference_geo',
  'container',
  'context_management',
  'mcp_servers',
  'cache_control',
  'stream',
])

/** Prefixes smaller than this cost more to look up than they save. */
export const MIN_PREFIX_BYTES = 64

/** Params in two parts, each in the order it came in. */
export interface SplitParams {
  readonly shared: readonly JsonMember[]
  readonly own: readonly JsonMember[]
  /** Bytes of the shared members joined by commas. */
  readonly sharedBytes: number
  readonly ownBytes: number
}

/** Parts the members that many requests share from the rest. */
export function splitParams(members: readonly JsonMember[]): SplitParams {
  const shared: JsonMember[] = []
  const own: JsonMember[] = []
  for (const member of members) (SHARED.has(member.name) ? shared : own).push(member)
  return { shared, own, sharedBytes: joinedBytes(shared), ownBytes: joinedBytes(own) }
}

/** Size of members joined by commas. */
function joinedBytes(members: readonly JsonMember[]): number {
  let size = Math.max(0, members.length - 1)
  for (const { start, end } of members) size += end - start
  return size
}

/** Writes members joined by commas into `target` from its start, byte for byte. */
export function joinMembers(
  bytes: Uint8Array,
  members: readonly JsonMember[],
  target: Uint8Array,
): void {
  let at = 0
  for (const { start, end } of members) {
    if (at > 0) {
      target[at] = 0x2c
      at += 1
    }
    at = copySlice({ bytes, start, end }, target, at)
  }
}

// Below this many bytes a loop beats the making of a view.
const LOOPED_BYTES = 48

/** Copies a slice into `target` and answers the index after it. */
export function copySlice(
  from: Readonly<{ bytes: Uint8Array; start: number; end: number }>,
  target: Uint8Array,
  at: number,
): number {
  const { bytes, start, end } = from
  if (end - start > LOOPED_BYTES) target.set(bytes.subarray(start, end), at)
  else
    for (let from = start, to = at; from < end; from += 1, to += 1)
      target[to] = bytes[from] as number
  return at + end - start
}
