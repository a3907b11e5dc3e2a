import type { RequestId } from '@halfrate/core'
import type { Place } from './spool.js'

/** One result that was found, and where its line is kept. */
export interface FoundResult extends Place {
  readonly requestId: RequestId
  /** How good it is, from 0 for a usable answer. */
  readonly rank: number
  /** Position of its batch among all, from the oldest. */
  readonly batch: number
  /** The caller's key, where it is known; null where not. */
  readonly key: string | null
}

const FIRST_ROOM = 1_024
const NO_GROUP = 0

/**
 * Where every result is, and what belongs together: results of one key, and without a key those of one request. In some
 * 40 bytes a result, so that millions fit.
 */
export class ResultIndex {
  #count = 0
  #requests = new Float64Array(FIRST_ROOM)
  #offsets = new Float64Array(FIRST_ROOM)
  #lengths = new Uint32Array(FIRST_ROOM)
  #batches = new Uint32Array(FIRST_ROOM)
  #groups = new Uint32Array(FIRST_ROOM)
  #ranks = new Uint8Array(FIRST_ROOM)
  readonly #keys: (string | null)[] = [null]
  readonly #groupOf = new Map<string, number>()
  /** The lowest request id of each group, which is where its rows stand. */
  readonly #firsts: number[] = [0]

  get count(): number {
    return this.#count
  }

  /** Adds one. */
  add(result: FoundResult): void {
    const at = this.#count
    if (at === this.#requests.length) this.#grow()
    this.#requests[at] = result.requestId
    this.#offsets[at] = result.offset
    this.#lengths[at] = result.length
    this.#batches[at] = result.batch
    this.#ranks[at] = result.rank
    this.#groups[at] = result.key === null ? NO_GROUP : this.#groupFor(result.key, result.requestId)
    this.#count += 1
  }

  /**
   * What belongs together, in the order in which the requests were taken in; in each group the best first. Among equals it
   * is the newest request, which is the one that results show, and of one request the oldest batch, whose success a
   * store keeps.
   */
  *groups(): Generator<readonly FoundResult[]> {
    const order = Uint32Array.from({ length: this.#count }, (_, at) => at)
    order.sort((a, b) => this.#compare(a, b))
    let group: FoundResult[] = []
    let last = -1
    for (const at of order) {
      if (last !== -1 && !this.#isSame(last, at)) {
        yield group
        group = []
      }
      group.push(this.#at(at))
      last = at
    }
    if (group.length > 0) yield group
  }

  #groupFor(key: string, requestId: RequestId): number {
    const known = this.#groupOf.get(key)
    if (known !== undefined) {
      this.#firsts[known] = Math.min(this.#firsts[known] ?? requestId, requestId)
      return known
    }
    const group = this.#keys.push(key) - 1
    this.#groupOf.set(key, group)
    this.#firsts.push(requestId)
    return group
  }

  #compare(a: number, b: number): number {
    return (
      this.#firstOf(a) - this.#firstOf(b) ||
      this.#in(this.#groups, a) - this.#in(this.#groups, b) ||
      this.#in(this.#ranks, a) - this.#in(this.#ranks, b) ||
      this.#in(this.#requests, b) - this.#in(this.#requests, a) ||
      this.#in(this.#batches, a) - this.#in(this.#batches, b) ||
      a - b
    )
  }

  #firstOf(at: number): number {
    const group = this.#in(this.#groups, at)
    return group === NO_GROUP ? this.#in(this.#requests, at) : (this.#firsts[group] ?? 0)
  }

  #isSame(a: number, b: number): boolean {
    const group = this.#in(this.#groups, a)
    if (group !== this.#in(this.#groups, b)) return false
    return group !== NO_GROUP || this.#in(this.#requests, a) === this.#in(this.#requests, b)
  }

  #at(at: number): FoundResult {
    return {
      requestId: this.#in(this.#requests, at) as RequestId,
      offset: this.#in(this.#offsets, at),
      length: this.#in(this.#lengths, at),
      batch: this.#in(this.#batches, at),
      rank: this.#in(this.#ranks, at),
      key: this.#keys[this.#in(this.#groups, at)] ?? null,
    }
  }

  #in(column: Float64Array | Uint32Array | Uint8Array, at: number): number {
    return column[at] ?? 0
  }

  #grow(): void {
    const room = this.#count * 2
    this.#requests = grown(this.#requests, new Float64Array(room))
    this.#offsets = grown(this.#offsets, new Float64Array(room))
    this.#lengths = grown(this.#lengths, new Uint32Array(room))
    this.#batches = grown(this.#batches, new Uint32Array(room))
    this.#groups = grown(this.#groups, new Uint32Array(room))
    this.#ranks = grown(this.#ranks, new Uint8Array(room))
  }
}

function grown<Column extends Float64Array | Uint32Array | Uint8Array>(
  old: Column,
  larger: Column,
): Column {
  larger.set(old)
  return larger
}
