import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

/** Facts for the next poll of a batch. */
export interface PollScheduleFacts {
  /** When the provider made the batch, or when we sent it. */
  readonly startedAt: EpochMs
  /** From 0 to below 1, drawn for this poll. */
  readonly jitter: number
}

/** When to look at a batch again: often while it is young, seldom later, plus or minus a fifth. */
export function nextPollAt(
  facts: PollScheduleFacts,
  settings: EngineSettings,
  now: EpochMs,
): EpochMs {
  const age = Math.max(0, now - facts.startedAt)
  const interval = Math.min(settings.pollMaxMs, Math.max(settings.pollMinMs, age / 10))
  return now + Math.round(interval * (0.8 + 0.4 * facts.jitter))
}

/** Time that a send is given: a base and what its size needs on a slow line. */
export function sendMsOf(contentLength: number, settings: EngineSettings): number {
  return Math.ceil(settings.sendBaseMs + contentLength / settings.sendBytesPerMs)
}

/** Facts for a worker's sleep between two rounds. */
export interface RestFacts {
  /** Rounds in a row in which something failed for a reason outside. */
  readonly failures: number
  /** Rounds in a row in which it did nothing; 0 after one that did something. */
  readonly idleRounds: number
  /** Milliseconds until something is known to be due; null when nothing is, negative when it is already. */
  readonly dueInMs: number | null
  /** Whether other workers use the store: what they do makes work for this one. */
  readonly isShared: boolean
}

// Of the longest idle sleep: how long the first one is.
const FIRST_REST = 1 / 32

/**
 * How long a worker sleeps before its next round, milliseconds.
 *
 * What is due and was not done is in another worker's hands, and asking again at once would only turn in circles. But
 * those hand it on within a call's time, so it sleeps shortly at first, and twice as long each time.
 */
export function restMs(facts: RestFacts, settings: EngineSettings): number {
  const { failures, idleRounds, dueInMs, isShared } = facts
  const { idleMs, failureSleepMs } = settings
  if (failures > 0) return Math.min(failureSleepMs, idleMs * 2 ** failures)
  const longest = dueInMs !== null && dueInMs > 0 ? Math.min(idleMs, dueInMs) : idleMs
  if (!isShared) return longest
  return Math.min(longest, idleMs * FIRST_REST * 2 ** Math.max(0, idleRounds - 1))
}
