import type { RequestId } from '../../model/ids.js'
import type { SharedPrefix } from '../../model/job-primer.js'
import type { Prefix } from '../intake/prefix-cache.js'
import { cachedPrefixOf } from '../money/cached-prefix.js'
import { textTokensOf } from '../money/prompt-tokens.js'

/** So many prefixes of one part are counted; a job with more of them shares little by each. */
export const MOST_PREFIXES = 256
/** So many of them can be written ahead, those first of which most is to be saved. */
export const MOST_PRIMERS = 16

interface Counted {
  readonly requestId: RequestId
  readonly model: string
  readonly ttl: '5m' | '1h'
  readonly bytes: number
  rows: number
}

/** Counts which requests of a part ask to have the same prefix cached, in memory of constant size. */
export class PrefixTally {
  readonly #counted = new Map<string, Counted>()

  /** Counts a request that was stored. */
  note(
    { prefix, model }: { readonly prefix: Prefix | null; readonly model: string },
    requestId: RequestId,
  ): void {
    const cached = prefix === null ? null : cachedPrefixOf(prefix)
    if (prefix === null || cached === null) return
    // A model that stands among a row's own members makes the same prefix another one.
    const name = `${String.fromCharCode(...prefix.hash)} ${model}`
    const before = this.#counted.get(name)
    if (before !== undefined) before.rows += 1
    else if (this.#counted.size < MOST_PREFIXES) {
      this.#counted.set(name, { requestId, model, ...cached, rows: 1 })
    }
  }

  /** What two requests or more share, with the most tokens over all requests first. */
  shared(): readonly SharedPrefix[] {
    return [...this.#counted.values()]
      .filter(({ rows }) => rows > 1)
      .map(({ bytes, ...of }) => ({ ...of, tokens: textTokensOf(of.model, bytes) }))
      .toSorted((one, other) => tokensOf(other) - tokensOf(one))
      .slice(0, MOST_PRIMERS)
  }
}

function tokensOf({ rows, tokens }: SharedPrefix): number {
  return rows * tokens.low
}
