import type { EpochMs } from '../../model/time.js'
import type { BatchKind, Turnaround, TurnaroundCell } from '../../model/turnaround.js'
import { BIN_COUNT, beginOfBin, shareOfBin } from './duration-bins.js'
import { weightAt } from './note-turnaround.js'
import { PUBLISHED_SHARES } from './published-turnaround.js'
import { type CellBreadth, cellsOf } from './turnaround-cells.js'

/** How long a batch of one kind may take, and what that goes by. */
export interface TurnaroundOdds {
  /** By bin, together 1. */
  readonly shares: readonly number[]
  /** How many batches of the account it goes by, older ones counted in part; 0 where there are none. */
  readonly batches: number
  /** The narrowest of which there are enough to say more than what is broader; `published` where there are none. */
  readonly of: CellBreadth | 'published'
}

/**
 * So many batches of a narrow kind say as much as what is known of broader ones, and as many of an account as what is published.
 * So a few odd ones change little, and many of one's own all.
 */
export const EQUAL_BATCHES = 10

/** What a history foretells of a batch: from the published shares over broad cells to narrow ones, each by its count. */
export function turnaroundOdds(history: Turnaround, kind: BatchKind, now: EpochMs): TurnaroundOdds {
  let odds: TurnaroundOdds = { shares: PUBLISHED_SHARES, batches: 0, of: 'published' }
  for (const { name, breadth } of cellsOf(kind)) {
    const cell = history.cells[name]
    if (cell === undefined) break
    odds = narrowed(odds, cell, breadth, now)
  }
  return odds
}

function narrowed(
  broad: TurnaroundOdds,
  cell: TurnaroundCell,
  breadth: CellBreadth,
  now: EpochMs,
): TurnaroundOdds {
  const aged = weightAt(cell.at, now)
  const weights = Array.from({ length: BIN_COUNT }, (_, bin) => (cell.bins[bin] ?? 0) * aged)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const own = weights.map(
    (weight, bin) =>
      (weight + EQUAL_BATCHES * (broad.shares[bin] as number)) / (sum + EQUAL_BATCHES),
  )
  const isEnough = sum >= EQUAL_BATCHES || broad.of === 'published'
  return isEnough
    ? { shares: own, batches: Math.max(1, Math.round(sum)), of: breadth }
    : { ...broad, shares: own }
}

/** The share of batches that have ended after so long, from 0 to 1; of those alone that lasted for `elapsedMs`, when that is given. */
export function shareWithin({ shares }: TurnaroundOdds, ms: number, elapsedMs = 0): number {
  const within = sumWithin(shares, ms)
  const before = elapsedMs > 0 ? sumWithin(shares, elapsedMs) : 0
  if (ms <= elapsedMs) return 0
  return before >= 1 ? 1 : Math.min(1, (within - before) / (1 - before))
}

/**
 * The span, in milliseconds, within which the given share of batches has ended; of those alone that lasted for `elapsedMs`, when
 * that is given. It grows with the share.
 */
export function turnaroundWithin({ shares }: TurnaroundOdds, share: number, elapsedMs = 0): number {
  const before = elapsedMs > 0 ? sumWithin(shares, elapsedMs) : 0
  const wanted = before + share * (1 - before)
  let sum = 0
  for (const [bin, part] of shares.entries()) {
    if (part > 0 && sum + part >= wanted) {
      const begin = beginOfBin(bin)
      const inBin = Math.max(0, wanted - sum) / part
      return Math.max(elapsedMs, Math.round(begin + inBin * (beginOfBin(bin + 1) - begin)))
    }
    sum += part
  }
  return Math.max(elapsedMs, beginOfBin(BIN_COUNT))
}

function sumWithin(shares: readonly number[], ms: number): number {
  return shares.reduce((sum, part, bin) => sum + part * shareOfBin(bin, ms), 0)
}
