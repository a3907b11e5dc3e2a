import type { ResultsFault } from '@halfrate/emulator/model'
import type { Draw } from '../chance/draw.js'
import { type FaultKind, RESULTS_KINDS } from '../faults/fault-kind.js'
import type { Strikes } from '../faults/strikes.js'

/** What happens at one fetch of a results file. */
export interface DrawnResultsFault {
  readonly fault: ResultsFault | null
  readonly kind: FaultKind | null
  /** A line of a success is preceded by one that says the same row failed. */
  readonly isContradicted: boolean
}

const NOTHING: DrawnResultsFault = { fault: null, kind: null, isContradicted: false }

/**
 * Draws what is wrong with a results file of so many rows. `mayBeEmpty` says whether it may come without one whole line.
 */
export function drawResultsFault(
  strikes: Strikes,
  facts: { readonly rows: number; readonly mayBeEmpty: boolean },
  draw: Draw,
): DrawnResultsFault {
  const kind = RESULTS_KINDS.find((each) => strikes.at(each, draw))
  const fewest = facts.mayBeEmpty ? 0 : 1
  const lines = draw.whole(fewest, Math.max(fewest, facts.rows))
  switch (kind) {
    case undefined:
      return NOTHING
    case 'cut':
      return of(kind, {
        cut: draw.pick(['line_end', 'mid_line']),
        cutAfterLines: lines,
        cutEnd: draw.pick(['clean', 'reset']),
      })
    case 'stalled':
      return of(kind, { cut: 'mid_line', cutAfterLines: lines, cutEnd: 'stall' })
    case 'omitted':
      return of(kind, { omitLines: Math.min(lines, Math.max(0, facts.rows - 1)) })
    case 'extra_lines':
      return of(kind, extraLines(draw))
    case 'contradicted':
      return { fault: null, kind, isContradicted: true }
  }
}

function extraLines(draw: Draw): ResultsFault {
  const some = (): number => draw.whole(0, 3)
  return {
    duplicateLines: some(),
    conflictingLines: some(),
    malformedLines: some(),
    foreignLines: some(),
    dropContentType: draw.chance(0.5),
  }
}

function of(kind: FaultKind, fault: ResultsFault): DrawnResultsFault {
  return { fault, kind, isContradicted: false }
}
