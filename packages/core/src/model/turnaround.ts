import type { SubmissionId } from './ids.js'
import type { EpochMs } from './time.js'

/** A batch, as far as it matters for how long it takes. */
export interface BatchKind {
  /** Models of its requests, in any order; null when that isn't known. */
  readonly models: readonly string[] | null
  readonly requests: number
  /** When the provider makes it. */
  readonly startsAt: EpochMs
}

/** How long batches of one kind took: weights by the number of their bin on a scale of logarithms. Older ones weigh less. */
export interface TurnaroundCell {
  /** When the newest of them ended; the weights are as of then. */
  readonly at: EpochMs
  /** Only bins that hold anything. */
  readonly bins: Readonly<Record<string, number>>
}

/** Value of the document that `turnaroundSetting` names: how long the batches of an account took, from their making to their end. */
export interface Turnaround {
  readonly version: 1
  /** By their name, which says of what they are; bounded in number. */
  readonly cells: Readonly<Record<string, TurnaroundCell>>
  /** The batches that were noted last, newest last, so that none counts twice. */
  readonly noted: readonly SubmissionId[]
}
