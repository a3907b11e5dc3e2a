// What is promised to somebody who tries it for the first time …
const LONGEST_DEMO_MS = 15_000
// … on a machine on which Node starts in this long, as it does where nothing else is going on.
const USUAL_START_MS = 50

/**
 * How long the demo may take on this machine, in milliseconds: as many starts of Node as on one that has nothing else to
 * do, and never less than what is promised. A machine that is busy, or slow, is no fault of the demo's.
 *
 * @param startsMs how long Node took to start, right before the demo and right after it; at least one.
 */
export function demoLimitMs(startsMs: readonly number[]): number {
  const inOrder = startsMs.toSorted((one, other) => one - other)
  const median = inOrder[Math.floor(inOrder.length / 2)] ?? 0
  return LONGEST_DEMO_MS * Math.max(1, median / USUAL_START_MS)
}
