import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../model/time.js'

/** The engine's time constants, in milliseconds of the store's clock, and its few sizes. */
export interface EngineSettings {
  /** How long a claim holds without renewal. */
  readonly leaseMs: number
  /**
   * Longest sleep while nothing is due: how soon work that another process put in is seen. Longer than a lease it would
   * give up the place at a store that takes one worker, whenever another one asks for it.
   */
  readonly idleMs: number
  /** Longest sleep after steps that failed for a reason outside. */
  readonly failureSleepMs: number
  /** Steps that run at the same time in one worker, 1 to 64. */
  readonly concurrency: number
  /** Calls in real time of one account that are under way at the same time, of all workers together, 1 to 1,000. */
  readonly callsAtOnce: number
  /** Time for a send, without what its size adds. */
  readonly sendBaseMs: number
  /** Slowest upload that a send is given time for, bytes a millisecond. */
  readonly sendBytesPerMs: number
  /** How long after the last possible byte a batch may still be accepted or missing from the list. */
  readonly settleMs: number
  /** The same for `onLostAnswer: wait`. */
  readonly settleWaitMs: number
  /** Least time between the two scans of a verdict. */
  readonly scanGapMs: number
  /** Time between scans for a lost answer. */
  readonly scanEveryMs: number
  /** How far the provider's instants may be off. */
  readonly skewMs: number
  readonly pollMinMs: number
  readonly pollMaxMs: number
  /** Complete fetches of a short results file before its rest is decided. */
  readonly fetchesNeeded: number
  /** Least time between the first of them and the last. */
  readonly fetchSpanMs: number
  readonly fetchGapMs: number
  /** How much longer a file is tried when paid rows are missing from it. */
  readonly lostResultMs: number
  /** Least tries in that time: a file that nobody asked for while no worker lived was not tried. */
  readonly lostTries: number
  /** Gone means missing for this long … */
  readonly goneAfterMs: number
  /** … in this many tries. */
  readonly goneTries: number
  /** How long a lost batch is actively watched for. */
  readonly watchMs: number
  /** Time between looks at the list while something is watched for. */
  readonly watchEveryMs: number
  /** Time between looks at everything in the list. */
  readonly identifyEveryMs: number
  readonly heartbeatMs: number
  /** Age of a heartbeat at which what was not sent yet is taken apart. */
  readonly absenceMs: number
  /** From creation until the provider drops results. */
  readonly resultsLifetimeMs: number
}

/** The published constants; `docs/guarantees` rests on them. */
export const DEFAULT_ENGINE_SETTINGS: EngineSettings = {
  leaseMs: MINUTE_MS,
  idleMs: 2 * SECOND_MS,
  failureSleepMs: 30 * SECOND_MS,
  concurrency: 4,
  callsAtOnce: 16,
  sendBaseMs: MINUTE_MS,
  sendBytesPerMs: 500,
  settleMs: 15 * MINUTE_MS,
  settleWaitMs: 26 * HOUR_MS,
  scanGapMs: MINUTE_MS,
  scanEveryMs: 2 * MINUTE_MS,
  skewMs: 5 * MINUTE_MS,
  pollMinMs: 30 * SECOND_MS,
  pollMaxMs: 5 * MINUTE_MS,
  fetchesNeeded: 3,
  fetchSpanMs: HOUR_MS,
  fetchGapMs: 20 * MINUTE_MS,
  lostResultMs: DAY_MS,
  lostTries: 12,
  goneAfterMs: 6 * HOUR_MS,
  goneTries: 6,
  watchMs: 26 * HOUR_MS,
  watchEveryMs: 10 * MINUTE_MS,
  identifyEveryMs: DAY_MS,
  heartbeatMs: MINUTE_MS,
  absenceMs: 10 * MINUTE_MS,
  resultsLifetimeMs: 29 * DAY_MS,
}

// Real milliseconds below which a constant would be a matter of luck: scheduling, a busy disk, an upload.
const REAL_FLOORS: Partial<Record<keyof EngineSettings, number>> = {
  leaseMs: 10 * SECOND_MS,
  idleMs: 25,
  failureSleepMs: 100,
  sendBaseMs: 5 * SECOND_MS,
  pollMinMs: 50,
  pollMaxMs: 100,
  heartbeatMs: 1_000,
}

/**
 * Settings for a clock that runs `factor` times as fast: what must last for real (a lease, a send) keeps its floor.
 */
export function scaleSettings(
  factor: number,
  base: EngineSettings = DEFAULT_ENGINE_SETTINGS,
): EngineSettings {
  if (factor <= 1) return base
  const scaled = Object.entries(REAL_FLOORS).map(([name, floor]) => {
    const value = base[name as keyof EngineSettings]
    return [name, Math.max(value, floor * factor)]
  })
  return {
    ...base,
    ...Object.fromEntries(scaled),
    sendBytesPerMs: base.sendBytesPerMs / factor,
  } as EngineSettings
}
