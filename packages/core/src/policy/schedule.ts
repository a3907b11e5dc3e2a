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
