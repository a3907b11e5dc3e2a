import { type EpochMs, MINUTE_MS } from '../../model/time.js'
import type { BatchKind, Turnaround } from '../../model/turnaround.js'
import {
  shareWithin,
  type TurnaroundOdds,
  turnaroundOdds,
  turnaroundWithin,
} from './turnaround-odds.js'

/** Beside the time that the provider takes: sending, the next look at the batch, fetching and booking what came. */
export const TURNAROUND_SLACK_MS: number = 5 * MINUTE_MS

/** When the answers of a batch are there: of half of such batches, of nine in ten, of ninety-nine in a hundred. */
export interface ReadyRange {
  readonly p50At: EpochMs
  readonly p90At: EpochMs
  readonly p99At: EpochMs
}

/** Whether answers are there by an instant. */
export type Outlook = 'likely' | 'at_risk' | 'no'

/** The share of batches that makes it by an instant which is called likely. */
export const LIKELY = 0.9

// Where nine in ten don't make it.
const NOT = 0.1

/** A batch that is going to be sent, or is at the provider. */
export interface OutlookFor {
  /** When it is made, or was. */
  readonly startsAt: EpochMs
  /** It has not ended by then; for one that is to be sent, `startsAt` or before. */
  readonly notEndedAt: EpochMs
}

/** When the answers of a batch are there, and what that goes by. */
export interface BatchOutlook {
  readonly odds: TurnaroundOdds
  readonly batch: OutlookFor
  readonly range: ReadyRange
}

/** What a history foretells of a batch, at an instant. One that is to be sent has not ended before it is made. */
export function batchOutlook(history: Turnaround, kind: BatchKind, now: EpochMs): BatchOutlook {
  const odds = turnaroundOdds(history, kind, now)
  const { startsAt } = kind
  const batch = { startsAt, notEndedAt: Math.max(startsAt, now) }
  return { odds, batch, range: readyRange(odds, batch) }
}

/** When the answers of a batch are there. */
export function readyRange(odds: TurnaroundOdds, batch: OutlookFor): ReadyRange {
  const { startsAt, notEndedAt } = batch
  const at = (share: number): EpochMs =>
    startsAt + turnaroundWithin(odds, share, notEndedAt - startsAt) + TURNAROUND_SLACK_MS
  return { p50At: at(0.5), p90At: at(0.9), p99At: at(0.99) }
}

/** Whether the answers of a batch are there by an instant. */
export function outlookBy(odds: TurnaroundOdds, batch: OutlookFor, wantedAt: EpochMs): Outlook {
  const { startsAt, notEndedAt } = batch
  const ms = wantedAt - TURNAROUND_SLACK_MS - startsAt
  const share = shareWithin(odds, ms, notEndedAt - startsAt)
  if (share >= LIKELY) return 'likely'
  return share <= NOT ? 'no' : 'at_risk'
}
