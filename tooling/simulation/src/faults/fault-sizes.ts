import type { EngineSettings } from '@halfrate/core'
import { HOUR_MS, MINUTE_MS } from '@halfrate/core'
import type { Draw } from '../chance/draw.js'
import type { Assumption } from './fault-kind.js'

/** How large faults are, milliseconds: the most that one of them takes. */
export interface FaultSizes {
  readonly lateMs: number
  readonly listLagMs: number
  readonly staleMs: number
  readonly retrieveLagMs: number
  /** How long a batch, or its file, may be missing by 404s. */
  readonly flapMs: number
  readonly lastByteMs: number
  readonly pauseMs: number
  readonly restartMs: number
  readonly uploadMs: number
  readonly retryAfterMs: number
  readonly hangMs: number
  /** How long no whole line of an ended batch may be readable. */
  readonly unreadableMs: number
  /** How far the provider's clock is ahead of the store's; negative when behind. */
  readonly providerOffsetMs: number
  /** How long the store, its disk or the provider may be out. */
  readonly outageMs: number
  /** How long the list may stand still. */
  readonly frozenListMs: number
  /** How far the clock of a machine may be set wrong, either way. */
  readonly jumpMs: number
  /** How long no worker runs at all. */
  readonly awayMs: number
}

// What may stay between two fetches, two seconds of a date header and the like.
const MARGIN_MS = 10_000

/** The longest delay that the settle window still covers, all delays together. */
export function roomOf(settings: EngineSettings): number {
  return settings.settleMs - MARGIN_MS
}

/** Draws sizes from a tenth to four times the constant that each of them attacks, as far as the published assumptions reach. */
export function drawSizes(
  draw: Draw,
  settings: EngineSettings,
  breaks: readonly Assumption[],
): FaultSizes {
  const around = (...constants: readonly [number, ...number[]]): number =>
    draw.logUniform(0.1, 4) * draw.pick(constants)
  const { settleMs, leaseMs, sendBaseMs, goneAfterMs, absenceMs, skewMs, fetchSpanMs } = settings
  const { watchMs, identifyEveryMs, resultsLifetimeMs, pollMinMs, pollMaxMs } = settings
  const isFree = breaks.includes('late') || breaks.includes('frozen')
  const mayBeGone = breaks.includes('unreadable')
  const missing = mayBeGone
    ? { flapMs: around(goneAfterMs, fetchSpanMs), unreadableMs: around(fetchSpanMs, goneAfterMs) }
    : {
        flapMs: Math.min(around(pollMinMs, pollMaxMs, fetchSpanMs), 0.5 * goneAfterMs),
        unreadableMs: 0.8 * fetchSpanMs,
      }
  return {
    ...drawDelays(draw, settings, isFree),
    ...missing,
    retrieveLagMs: Math.min(around(settleMs), 0.4 * goneAfterMs),
    pauseMs: around(leaseMs, leaseMs, settleMs, settleMs, sendBaseMs, settings.scanGapMs, watchMs),
    restartMs: around(leaseMs, absenceMs, settings.idleMs),
    uploadMs: around(sendBaseMs),
    retryAfterMs: around(5 * MINUTE_MS),
    hangMs: around(2 * MINUTE_MS),
    providerOffsetMs: Math.round((draw.fraction() * 2 - 1) * 0.9 * skewMs),
    outageMs: around(leaseMs, settleMs, absenceMs, pollMaxMs),
    jumpMs: around(leaseMs, settleMs, goneAfterMs, watchMs),
    awayMs: breaks.includes('absent')
      ? around(resultsLifetimeMs)
      : Math.min(around(absenceMs, identifyEveryMs, watchMs, 20 * HOUR_MS), 100 * HOUR_MS),
  }
}

type Delays = Pick<FaultSizes, 'lateMs' | 'listLagMs' | 'staleMs' | 'lastByteMs' | 'frozenListMs'>

// Together they stay within the settle window, unless that is the assumption that the seed breaks.
function drawDelays(draw: Draw, settings: EngineSettings, isFree: boolean): Delays {
  const { settleMs, watchMs, goneAfterMs } = settings
  const around = (constantMs: number): number => draw.logUniform(0.1, 4) * constantMs
  const isFar = isFree && draw.chance(0.3)
  const delays: Delays = {
    lateMs: around(isFar ? watchMs : settleMs),
    listLagMs: around(settleMs),
    staleMs: around(settleMs),
    lastByteMs: around(settleMs),
    frozenListMs: around(isFar ? goneAfterMs : settleMs),
  }
  const sum = Object.values(delays).reduce((total: number, ms: number) => total + ms, 0)
  const room = roomOf(settings)
  if (isFree || sum <= room) return delays
  const scale = room / sum
  return Object.fromEntries(
    Object.entries(delays).map(([name, ms]: [string, number]) => [name, ms * scale]),
  ) as unknown as Delays
}
