import type { IntakeRow, LoadedAs, NanoUsd, Request } from '@halfrate/core'
import {
  type CountedStratum,
  CountSampler,
  type DrawnStratum,
  type Estimate,
  type EstimateOptions,
  type EstimateRow,
  Estimator,
  holdOf,
  promptContentOf,
} from '@halfrate/core/money'
import type { HoldRange } from './cap-outlook.js'
import { type ShownParams, shownParams } from './shown-params.js'

/** A request, as far as it is known before it is in a batch. */
export interface FirstRequest extends ShownParams {
  readonly key: string
}

/** Adds up the rows that would be sent, of an input and from before, in memory of constant size. */
export class SendingTally {
  readonly #options: EstimateOptions
  readonly #random: (() => number) | null
  #estimator: Estimator
  #sampler: CountSampler | null
  #counted: ReadonlyMap<string, CountedStratum> = new Map()
  #first: FirstRequest | null = null
  #waiting = 0
  #leastHold = Number.POSITIVE_INFINITY
  #mostHold = 0

  /** @param random draws the rows that may be counted; null when none will be. */
  constructor(options: EstimateOptions, random: (() => number) | null = null) {
    this.#options = options
    this.#random = random
    this.#estimator = new Estimator(options)
    this.#sampler = random === null ? null : new CountSampler({ random })
  }

  /** Begins anew, with the first row of the input. */
  reset(): void {
    this.#estimator = new Estimator(this.#options)
    this.#sampler = this.#random === null ? null : new CountSampler({ random: this.#random })
    this.#counted = new Map()
    this.#first = null
    this.#waiting = 0
    this.#leastHold = Number.POSITIVE_INFINITY
    this.#mostHold = 0
  }

  /** Counts a row if it is one to send. */
  add(row: IntakeRow, as: LoadedAs): void {
    if (as !== 'new') return
    const { key, model, maxTokens, itemBytes, prefix } = row
    this.#first ??= { key, ...shownParams(paramsBytes(row)) }
    const known = { model, itemBytes, prefix, body: row.body, content: promptContentOf(row) }
    this.#add({ ...known, maxTokens }, this.#sampler?.offer(known))
  }

  /** Counts a row that waits from before. Only its size is known, so whatever is in it is taken for text. */
  addWaiting({ model, maxTokens, itemBytes }: Request): void {
    this.#waiting += 1
    this.#add({ model, maxTokens, itemBytes, content: null })
  }

  #add(row: EstimateRow, stratum?: string | null): void {
    this.#estimator.add(row, stratum)
    const hold = holdOf({ ...row, ...this.#options })
    if (hold === null) return
    this.#leastHold = Math.min(this.#leastHold, hold)
    this.#mostHold = Math.max(this.#mostHold, hold)
  }

  /** What single rows to send can cost at most; null when no price is known, or there is none. */
  get holds(): HoldRange | null {
    if (this.#mostHold === 0) return null
    return { leastNano: this.#leastHold as NanoUsd, mostNano: this.#mostHold as NanoUsd }
  }

  /** How many rows wait from before. */
  get waiting(): number {
    return this.#waiting
  }

  /** Rows of the input that the provider may be asked to count. */
  get drawn(): readonly DrawnStratum[] {
    return this.#sampler?.drawn ?? []
  }

  /** Takes what the provider counted of them. */
  setCounted(counted: ReadonlyMap<string, CountedStratum>): void {
    this.#counted = counted
  }

  /** Of the rows to send, those that wait from before among them. */
  get estimate(): Estimate {
    return this.#estimator.estimate(this.#counted)
  }

  /** The first row of the input to send; null when there is none. */
  get first(): FirstRequest | null {
    return this.#first
  }
}

// The way a sender joins them; a copy, since a row's bytes are not kept for us.
function paramsBytes({ prefix, body }: IntakeRow): Uint8Array {
  const shared = prefix?.bytes ?? new Uint8Array()
  const comma = shared.length > 0 && body.length > 0 ? ',' : ''
  return Buffer.concat([Buffer.from('{'), shared, Buffer.from(comma), body, Buffer.from('}')])
}
