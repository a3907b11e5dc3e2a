import { SECOND_MS } from '../../model/time.js'

// The first bin ends at 8 s, and of the others each three double. The last one begins beyond a day, since the provider ends a
// batch after 24 h and little more.
const FIRST_MS = 8 * SECOND_MS
const BINS_AN_OCTAVE = 3

/** How many bins there are. */
export const BIN_COUNT = 43

/** Where a bin begins, milliseconds; of the one behind the last, where that one ends. */
export function beginOfBin(bin: number): number {
  return bin <= 0 ? 0 : FIRST_MS * 2 ** ((Math.min(bin, BIN_COUNT) - 1) / BINS_AN_OCTAVE)
}

/** The number of the bin, from 0, that a span of time falls into; the last one takes all that is longer. */
export function binOf(ms: number): number {
  if (!(ms >= FIRST_MS)) return 0
  return Math.min(BIN_COUNT - 1, 1 + Math.floor(BINS_AN_OCTAVE * Math.log2(ms / FIRST_MS)))
}

/** The share of a bin that lies below a span of time, from 0 to 1, as if its batches were spread evenly. */
export function shareOfBin(bin: number, ms: number): number {
  const begin = beginOfBin(bin)
  return Math.min(1, Math.max(0, (ms - begin) / (beginOfBin(bin + 1) - begin)))
}
