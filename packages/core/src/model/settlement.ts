import type { ChangedBody } from './changed-body.js'
import type { OutcomeType } from './outcome.js'
import type { AttemptRef, RequestState, Verdict } from './request.js'
import type { EpochMs } from './time.js'

/** What booking one result line is decided on. */
export interface SettleFacts {
  readonly self: AttemptRef
  readonly attempt: {
    readonly outcome: OutcomeType | null
    /** Let go for its outcome; not so in a twin or an orphan, whose attempts were released before they had one. */
    readonly released: boolean
    readonly bodyId: number
    /** Whether the recorded line has the same bytes; null when none is recorded. */
    readonly sameBytes: boolean | null
    /** Whether its cost is known. */
    readonly hasCost: boolean
  }
  readonly request: {
    readonly state: RequestState
    readonly result: AttemptRef | null
  }
  /** Other attempts of the request that are live and may have been sent. What was not is taken out when the request ends. */
  readonly otherLive: number
  /** Successes among its other attempts, oldest first. */
  readonly successes: readonly {
    readonly ref: AttemptRef
    readonly bodyId: number
    readonly waste: boolean
  }[]
}

/** What booking a line does to its request: nothing, ends it, or leaves a verdict for its last live attempt. */
export type RequestEffect =
  | { readonly type: 'none' }
  | { readonly type: 'done'; readonly verdict: Verdict }
  | { readonly type: 'keep_verdict'; readonly verdict: Verdict }

/** What booking a line does. */
export type SettleEffect =
  | { readonly type: 'duplicate' }
  /** The cost of a success that has none is filled in, and its usage where that is missing. Nothing else changes. */
  | { readonly type: 'priced' }
  | { readonly type: 'conflict' }
  | {
      readonly type: 'fresh'
      /** The attempt stops being live. */
      readonly releases: boolean
      readonly waste: boolean
      /** Other attempts that turn into waste because this one is what the request ends with. */
      readonly turnsToWaste: readonly AttemptRef[]
      readonly request: RequestEffect
    }

/** What releasing a member is decided on. */
export interface ReleaseFacts {
  readonly attempt: { readonly outcome: OutcomeType | null; readonly released: boolean }
  readonly request: {
    readonly state: RequestState
    readonly cancelRequested: boolean
    /** The verdict that waits on the request. */
    readonly verdict: Verdict | null
  }
  readonly otherLive: number
}

/** What letting a member go is meant to do to its request. */
export type ReleaseTo =
  | {
      readonly type: 'waiting'
      readonly notBefore: EpochMs
      readonly countAs: 'failure' | 'expiry' | 'nothing'
      /** New limit for the batches that it joins; null leaves the one that it has. */
      readonly batchLimit: number | null
      /** What it asks from now on; left out to ask the same. */
      readonly changed?: ChangedBody | undefined
    }
  | { readonly type: 'done'; readonly verdict: Verdict }

/** What letting a member go does. `skip`: the facts are no longer those that were decided on. */
export type ReleaseEffect =
  | { readonly type: 'skip' }
  | {
      readonly type: 'release'
      /** Adds to the request's counters, whether or not it moves. */
      readonly countAs: 'failure' | 'expiry' | 'nothing'
      readonly request:
        | RequestEffect
        | {
            readonly type: 'waiting'
            readonly notBefore: EpochMs
            readonly batchLimit: number | null
            readonly changed?: ChangedBody | undefined
          }
    }
