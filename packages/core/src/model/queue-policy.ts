import type { Route } from './lane.js'
import { HOUR_MS } from './time.js'

/** When waiting requests become a batch: at the first of these that is reached. */
export interface FlushRule {
  /** Requests waiting. 1 to 100,000. */
  readonly count: number
  /** Bytes waiting, 1 to 255,000,000. */
  readonly bytes: number
  /** Age of the oldest waiting request, milliseconds. 0 sends at once ("now"). */
  readonly ageMs: number
}

/**
 * When waiting requests become a batch by the clock on the wall: at the first slot after the oldest came. Of the other members
 * only those that are given apply, so that a full batch waits for the slot too.
 */
export interface ScheduledFlush extends Partial<FlushRule> {
  /** Five fields of cron: minute, hour, day of month, month, day of week. */
  readonly schedule: string
  /** The place whose time that is, a name of the IANA database such as `Australia/Sydney`. */
  readonly timeZone: string
}

/**
 * What to do about a send whose answer was lost and whose batch is not found.
 *
 * `resend` after the settle window; `wait` until the provider's list can't hold it any more, then resend; `ask` after the
 * settle window, and do what a person decides.
 */
export type OnLostAnswer = 'resend' | 'wait' | 'ask'

/** How late work is rescued; see {@link QueuePolicy.rescue}. */
export type RescueMode = 'never' | 'reroute' | 'hedge' | 'cancel_batch_first'

/** For how long what rows share is to be cached; see {@link QueuePolicy.cachePrefix}. */
export type CachePrefix = 'none' | '5m' | '1h'

/** Every {@link RescueMode}. */
export const RESCUE_MODES: readonly RescueMode[] = [
  'never',
  'reroute',
  'hedge',
  'cancel_batch_first',
]

/** A queue's policy: a versioned document in the store's settings. */
export interface QueuePolicy {
  readonly flush: FlushRule | ScheduledFlush
  /** Most requests in one batch. 1 to 100,000. */
  readonly maxBatchRequests: number
  /** Most bytes in one batch's body. 1 to 255,000,000. */
  readonly maxBatchBytes: number
  /** Most requests in one batch of those that are wanted by an instant, which a smaller batch keeps more surely. 1 to 100,000. */
  readonly deadlineBatchRequests: number
  readonly onLostAnswer: OnLostAnswer
  /** Failures of the request itself before it is given up. 1 to 100. */
  readonly maxFailures: number
  /** From intake until expiries and errors end in a failure, milliseconds. */
  readonly giveUpAfterMs: number
  /** Unusable successes that count as a success. */
  readonly accept: readonly ('cut_off' | 'refused' | 'empty')[]
  /**
   * The `max_tokens` with which a request is sent once more whose answer was cut off by a lower one; 0 for never, and then
   * such an answer is final. 0 to 1,000,000.
   */
  readonly raiseMaxTokensTo: number
  /**
   * How often a request goes on whose answer paused in the middle of a turn, each time as an attempt that is paid like any
   * other; 0 for never, and then such an answer is final. 0 to 100.
   */
  readonly continueAtMost: number
  /**
   * The model that is asked once, in a further attempt that is paid like any other, when an answer is a refusal; null for none, and
   * then a refusal is final. Text as it stands in `params.model`.
   */
  readonly askRefusedOf: string | null
  /**
   * JSON Schema of what the text of an answer is to be. One that is not goes back once with what is wrong with it, as a further
   * attempt that is paid like any other; the next one is final. Null for none: then any text will do. At most 100,000 characters.
   */
  readonly outputSchema: Readonly<Record<string, unknown>> | null
  /**
   * How many requests of each job go first, in a batch of their own, while the rest waits; what they show decides whether it
   * goes. 0 for none. 0 to 1,000.
   */
  readonly canary: number
  /**
   * How long the rest of a job may wait for one of its requests that goes first to write what they share to the cache, where that pays,
   * milliseconds. 0 for never. 0 to 24 hours.
   */
  readonly primerWaitMs: number
  /**
   * For how long the provider is to cache what rows share, their `tools` and `system`: a row that has no breakpoint of its own is given one
   * behind that, when it is taken in. `none`: it is sent as it came.
   */
  readonly cachePrefix: CachePrefix
  /**
   * Which way what is enqueued goes, of no job, that names no route: `asked`, in a batch; `rules`, in real time, at the whole price,
   * when it is wanted before a batch is likely back, and by {@link whenFew}.
   */
  readonly routing: 'asked' | 'rules'
  /**
   * Which way a request goes by the rules where its queue has few and none to share a batch with: `batch`, in one of its own; `realtime`, at
   * the whole price.
   */
  readonly whenFew: Route
  /** Fewer requests than that, of no job, in 24 hours are few. 1 to 1,000. */
  readonly fewADay: number
  /**
   * How much of what is enqueued, of no job, goes in batches: by the key, so that the same request always goes the same way. The
   * rest is asked in real time, at the whole price; who names a route has that. 0 to 100, whole.
   */
  readonly batchPercent: number
  /**
   * What becomes of requests whose answers a batch would likely bring too late: `never`, a worker says so, and that is all; `reroute`,
   * while they wait they are called in real time instead, at the whole price, if calls are surely in time. The others do that too, and of
   * a batch that is not back shortly before it is wanted `hedge` calls what is open as well, so that it is paid twice, under a budget of
   * its own, and `cancel_batch_first` cancels it and calls what comes back unanswered.
   */
  readonly rescue: RescueMode
  /**
   * Whether the custom ids of what is taken in from now on end in a tail of its key, so that results can be told apart without
   * the store: a key of at most 21 of `[A-Za-z0-9_-]` whole, of any other a digest and its end. Off by default, since then
   * the provider sees keys, and whatever names a person in them.
   */
  readonly keyTails: boolean
}

/** The policy of a queue that has none of its own: fill up for up to an hour. */
export const DEFAULT_QUEUE_POLICY: QueuePolicy = {
  flush: { count: 10_000, bytes: 200_000_000, ageMs: HOUR_MS },
  maxBatchRequests: 100_000,
  maxBatchBytes: 200_000_000,
  deadlineBatchRequests: 1_000,
  onLostAnswer: 'resend',
  maxFailures: 3,
  giveUpAfterMs: 72 * HOUR_MS,
  accept: [],
  raiseMaxTokensTo: 0,
  continueAtMost: 0,
  askRefusedOf: null,
  outputSchema: null,
  canary: 0,
  primerWaitMs: 0,
  cachePrefix: 'none',
  routing: 'asked',
  whenFew: 'batch',
  fewADay: 100,
  batchPercent: 100,
  rescue: 'never',
  keyTails: false,
}
