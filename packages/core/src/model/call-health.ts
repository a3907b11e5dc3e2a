import type { EpochMs } from './time.js'

/** The calls that are watched: one that makes a batch, those that only ask, and those that are answered in real time. */
export type Operation = 'create' | 'list' | 'retrieve' | 'results' | 'message'

/** How calls of one operation went lately. */
export interface Breaker {
  /** Failures since the last call that went well. */
  readonly failuresInARow: number
  /** Calls since the first failure of the last minute; null when there was none. */
  readonly window: {
    readonly since: EpochMs
    readonly good: number
    readonly failed: number
  } | null
  /** No call is made before this instant, and then one; null while calls are made freely. */
  readonly openUntil: EpochMs | null
  /** How often it opened since a call went well. */
  readonly opened: number
}

/** How fast batches of an account may be made. */
export interface Pace {
  /** When the provider asked for something last; what it asked before changes nothing. */
  readonly askedAt: EpochMs
  /** The provider asked for nothing before this instant. */
  readonly notBefore: EpochMs
  /** Batches a minute; null for as many as there are. */
  readonly perMinute: number | null
  /** When the newest one was begun while a rate was set. */
  readonly lastAt: EpochMs
  /** Too many requests are in the provider's line: none is made before one of ours ends, or `until`; null else. */
  readonly queueFull: { readonly since: EpochMs; readonly until: EpochMs } | null
}

/** Value of the document that `callHealthSetting` names: what all workers know of an account's calls. */
export interface CallHealth {
  readonly breakers: Readonly<Partial<Record<Operation, Breaker>>>
  readonly pace: Pace
  /** How many calls may still be repeated, and as of when. */
  readonly retries: { readonly tokens: number; readonly at: EpochMs }
}
