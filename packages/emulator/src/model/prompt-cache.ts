import type { HashWords } from './stable-hash.js'

const FIVE_MINUTES_MS = 300_000
const ONE_HOUR_MS = 3_600_000

/** One look at the cache by one processed request. */
export interface CacheLookup {
  readonly workspaceId: string
  readonly hash: HashWords
  /** When the request is processed. Epoch milliseconds. */
  readonly at: number
  readonly isOneHour: boolean
}

/**
 * The prompt cache of all workspaces: says whether a prefix is read or written.
 *
 * Rows of a batch are looked up in the order of upload, not of processing, so an entry is a span of
 * time that grows at both ends. Hits are best effort at the provider (30 to 98 % seen), which the
 * model adds by its own draw.
 */
export class PromptCache {
  readonly #spans = new Map<string, { from: number; until: number }>()

  /** True for a read. A write is remembered, and a read refreshes the time to live. */
  touch(lookup: CacheLookup): boolean {
    const { workspaceId, hash, at } = lookup
    const key = `${workspaceId}:${hash.low}:${hash.high}`
    const until = at + (lookup.isOneHour ? ONE_HOUR_MS : FIVE_MINUTES_MS)
    const span = this.#spans.get(key)
    if (span === undefined) {
      this.#spans.set(key, { from: at, until })
      return false
    }
    const isHit = at >= span.from && at < span.until
    span.from = Math.min(span.from, at)
    span.until = Math.max(span.until, until)
    return isHit
  }

  /** Forgets what nobody can read any more at `now`. */
  sweep(now: number): void {
    for (const [key, span] of this.#spans) if (span.until < now) this.#spans.delete(key)
  }
}
