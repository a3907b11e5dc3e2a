import type { PromptBytes, PromptContent } from './prompt-content.js'
import { textBytesOf } from './prompt-tokens.js'

/** A row that may be counted. */
export interface SampleRow extends PromptBytes {
  readonly model: string
  readonly itemBytes: number
  readonly content: PromptContent | null
}

/** A row that was drawn. */
export interface DrawnRow {
  readonly textBytes: number
  readonly prefix: PromptBytes['prefix']
  /** A copy: it stays as it is. */
  readonly body: Uint8Array
}

/** A stratum with the rows that were drawn from it. */
export interface DrawnStratum {
  readonly stratum: string
  readonly model: string
  readonly rows: number
  readonly textBytes: number
  readonly drawn: readonly DrawnRow[]
}

/** How a sample is drawn. */
export interface SamplerOptions {
  /** Most rows to draw. Whole, at least 1. Default 200. */
  readonly limit?: number | undefined
  /** A number from 0 to below 1. */
  readonly random: () => number
}

/** Rows that are drawn when nobody says how many. */
export const DEFAULT_SAMPLE_ROWS = 200

// Fewer tell little about the spread of a stratum, so that rather strata are left out than drawn from more thinly.
const LEAST_OF_STRATUM = 5
const MOST_BYTES = 33_554_432
const MOST_ROW_BYTES = 2_097_152

interface Kept extends DrawnRow {
  /** By which the rows of a stratum are drawn: those with the least. */
  readonly rank: number
}

interface Stratum {
  readonly name: string
  readonly model: string
  rows: number
  textBytes: number
  kept: Kept[]
}

/**
 * Draws the rows that the provider is asked to count, while they go by, in memory of constant size.
 *
 * Strata are rows of one model and one shared prefix whose text has sizes between two powers of two. Each gives the same number
 * of rows, at random: every row bears a random rank, and those with the least ranks stay, so that a share that shrinks as
 * strata come leaves a random sample of all. Rows with files are in no stratum, since their bytes stand elsewhere, nor are
 * rows of a stratum that came when there were too many.
 */
export class CountSampler {
  readonly #random: () => number
  readonly #strata = new Map<string, Stratum>()
  readonly #prefixes = new WeakMap<Uint8Array, number>()
  #prefixCount = 0
  readonly #limit: number
  #share: number
  #keptBytes = 0

  constructor({ limit = DEFAULT_SAMPLE_ROWS, random }: SamplerOptions) {
    this.#random = random
    this.#limit = limit
    this.#share = limit
  }

  /** The stratum of a row, which may be drawn; null for a row that is in none. */
  offer(row: SampleRow): string | null {
    const { content, itemBytes, model } = row
    if (content === null || content.encodedBytes > 0 || content.fetches) return null
    if (itemBytes > MOST_ROW_BYTES) return null
    const textBytes = textBytesOf({ itemBytes, content })
    const stratum = this.#stratumOf(row, textBytes, model)
    if (stratum === null) return null
    stratum.rows += 1
    stratum.textBytes += textBytes
    this.#draw(stratum, row, textBytes)
    return stratum.name
  }

  /** What was drawn so far. */
  get drawn(): readonly DrawnStratum[] {
    return [...this.#strata.values()].map(({ name, model, rows, textBytes, kept }) => ({
      ...{ stratum: name, model, rows, textBytes },
      drawn: kept.map(({ textBytes, prefix, body }) => ({ textBytes, prefix, body })),
    }))
  }

  #stratumOf({ prefix }: SampleRow, textBytes: number, model: string): Stratum | null {
    const name = `${model} ${this.#numberOf(prefix)} ${Math.floor(Math.log2(textBytes))}`
    const before = this.#strata.get(name)
    if (before !== undefined) return before
    const count = this.#strata.size + 1
    if (count > 1 && count * LEAST_OF_STRATUM > this.#limit) return null
    const made: Stratum = { name, model, rows: 0, textBytes: 0, kept: [] }
    this.#strata.set(name, made)
    this.#shrinkTo(Math.min(this.#share, Math.floor(this.#limit / count)))
    return made
  }

  #numberOf(prefix: PromptBytes['prefix']): number {
    if (prefix === null) return 0
    const before = this.#prefixes.get(prefix.bytes)
    if (before !== undefined) return before
    this.#prefixCount += 1
    this.#prefixes.set(prefix.bytes, this.#prefixCount)
    return this.#prefixCount
  }

  #draw(stratum: Stratum, { body, prefix }: SampleRow, textBytes: number): void {
    const { kept } = stratum
    const rank = this.#random()
    if (kept.length >= this.#share && rank >= (kept.at(-1)?.rank ?? 1)) return
    const at = kept.findIndex((other) => other.rank > rank)
    kept.splice(at < 0 ? kept.length : at, 0, { rank, textBytes, prefix, body: body.slice() })
    this.#keptBytes += body.length
    this.#shrinkTo(this.#share)
    while (this.#keptBytes > MOST_BYTES && this.#share > 1) {
      this.#shrinkTo(Math.ceil(this.#share / 2))
    }
  }

  #shrinkTo(share: number): void {
    this.#share = share
    for (const { kept } of this.#strata.values()) {
      for (const { body } of kept.splice(share)) this.#keptBytes -= body.length
    }
  }
}
