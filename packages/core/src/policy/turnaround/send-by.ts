import type { EpochMs } from '../../model/time.js'
import { LIKELY, TURNAROUND_SLACK_MS } from './ready-outlook.js'
import { type TurnaroundOdds, turnaroundWithin } from './turnaround-odds.js'

/** When a batch must be sent at the latest, so that its answers are likely there by an instant; it may be over already. */
export function sendByAt(odds: TurnaroundOdds, deadlineAt: EpochMs): EpochMs {
  return deadlineAt - turnaroundWithin(odds, LIKELY) - TURNAROUND_SLACK_MS
}

/** How long a batch takes until its answers are there, as deciding between routes needs it. */
export interface TurnaroundFacts {
  /** Of nine batches in ten. */
  readonly likelyMs: number
  /** Of ninety-nine in a hundred. */
  readonly atMostMs: number
  /** `prior`: what is published; `history`: batches of the account. */
  readonly from: 'prior' | 'history'
}

/** What deciding between routes needs to know of batches. */
export function turnaroundFacts(odds: TurnaroundOdds): TurnaroundFacts {
  return {
    likelyMs: turnaroundWithin(odds, LIKELY) + TURNAROUND_SLACK_MS,
    atMostMs: turnaroundWithin(odds, 0.99) + TURNAROUND_SLACK_MS,
    from: odds.batches === 0 ? 'prior' : 'history',
  }
}
