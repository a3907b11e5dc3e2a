import type { EpochMs } from '../model/time.js'
import type { EngineSettings } from './engine-settings.js'

// How many times as seldom scans may become.
const MOST_PATIENCE = 8

/** What the next look for a lost answer depends on, after one has been judged. */
export interface NextScanFacts {
  /** When the settle window is over. */
  readonly settledAt: EpochMs
  /** The last scan was valid and showed no batch that could be it. */
  readonly isClear: boolean
  /** A person is asked what shall be done. */
  readonly asks: boolean
  /** Whether a scan may declare it lost by now; not while sending waits after an absence. */
  readonly mayDeclare: boolean
  /** Scans so far. */
  readonly scans: number
}

/**
 * When to look for a lost answer again: often at first, when the batch is about to appear or to end, and seldom after many
 * scans. A scan right at the end of the window, and one a gap later, is what the verdict needs.
 */
export function nextScanAt(
  facts: NextScanFacts,
  settings: Pick<EngineSettings, 'scanEveryMs' | 'scanGapMs'>,
  now: EpochMs,
): EpochMs {
  const { settledAt, isClear, asks, mayDeclare, scans } = facts
  // Whoever is asked may take days, and meanwhile it may still turn up.
  if (asks) return now + MOST_PATIENCE * settings.scanEveryMs
  if (now >= settledAt && isClear && mayDeclare) return now + settings.scanGapMs
  const patience = Math.min(MOST_PATIENCE, 1 + Math.floor(scans / 4))
  const soon = now + settings.scanEveryMs * patience
  return now < settledAt ? Math.min(soon, settledAt) : soon
}
